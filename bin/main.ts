import {run} from './run';

const {code, out, error} = await run(process.argv.slice(2));
if (out !== '') console.log(out);
if (error !== '') console.error(error);
process.exitCode = code;
