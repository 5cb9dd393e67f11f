import 'uplot/dist/uPlot.min.css';
import {choices} from 'virtual:choices';
import {App} from './app';
import {allowed} from './settings';

new App(allowed(choices)).open();
