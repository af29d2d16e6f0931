// Print how the CDK's differ sees pairs of templates: from a file of [[old, new], …],
// [{logical id: {impact, properties: {name: impact}}}, …].
const fs = require('node:fs');
const { fullDiff } = require('@aws-cdk/cloudformation-diff');

const pairs = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const found = pairs.map(([old, head]) => {
  const rows = {};
  fullDiff(old, head).resources.forEachDifference((id, change) => {
    const properties = Object.fromEntries(
      Object.entries(change.propertyUpdates).map(([name, each]) => [name, each.changeImpact ?? '']),
    );
    rows[id] = { impact: change.changeImpact, properties };
  });
  return rows;
});
process.stdout.write(JSON.stringify(found));
