// compile_sources.mjs MODULE PYTHON FOLDER: run compile_sources.py for FOLDER in Pyodide.
// MODULE is the path of pyodide.mjs. Exits with 1 if Pyodide's Python is not version PYTHON.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [module, python, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(module));
// Sets are compiled in the order of their hashes, which are random otherwise.
const pyodide = await loadPyodide({ env: { HOME: '/', PYTHONHASHSEED: '0' } });
const version = pyodide.runPython('import sys; "%d.%d" % sys.version_info[:2]');
if (version !== python) throw new Error(`Pyodide has Python ${version}, not ${python}`);
pyodide.mountNodeFS('/bundle', folder);
const program = readFileSync(new URL('compile_sources.py', import.meta.url), 'utf8');
pyodide.runPython(`import sys; sys.argv = ['compile_sources.py', '/bundle']\n`);
pyodide.runPython(program, { filename: 'compile_sources.py' });
