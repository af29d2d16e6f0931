// The CDK merges ~/.cdk.json into its options, and has no switch against it. It finds the file with
// os.homedir(). The variable HOME stays, because AWS credentials and the programs that provide them
// are below it: the AWS SDK reads the variable first.
require("os").homedir = () => process.env.CDK_HOME;
