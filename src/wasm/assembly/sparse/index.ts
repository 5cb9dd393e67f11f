export {channels} from './channels';
export {convolve} from './convolve';
export {rows, rowsBy4} from './rows';
