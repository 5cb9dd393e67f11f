import * as echarts from 'echarts';
import type {MethodName} from '../methods/methods';
import type {TaskName} from '../methods/tasks';
import type {Time} from '../methods/times';
import type {Results, Runs} from './summary';

const WIDTH = 860;
const HEIGHT = 380;
/** Readable on white and on black. */
const GRAY = '#7d8590';
const COLORS = ['#7d8590', '#3b82f6', '#e07b00', '#16a34a', '#dc2626', '#a855f7', '#0e9fbf', '#e0559b'];

interface Axis {
  readonly name: string;
  readonly isLog?: boolean;
  /** A place per run along the axis. */
  of(runs: Runs): number | undefined;
}

/** The methods of the pictures; all of them would hide each other. */
const shown: readonly MethodName[] = [
  'random',
  'magnitude',
  'global',
  'lamp',
  'fisher',
  'distilled',
  'quantized',
  'regrowth',
];

const networks: readonly TaskName[] = ['lenet-300-100', 'conv'];

/** The pictures by the name of their file. */
export function pictures(results: Results, times: readonly Time[]): Record<string, string> {
  const ms = (runs: Runs) => times.find(({id}) => runs.lines.some((line) => line.id === id))?.ms.sparse;
  return {
    'accuracy-sparsity.svg': picture(results, {name: 'sparsity, %', of: ({sparsity}) => sparsity * 100}),
    'accuracy-bytes.svg': picture(results, {
      name: 'bytes of the rounded file',
      isLog: true,
      of: (runs) => runs.of(({bytes}) => bytes.rounded).mean,
    }),
    'accuracy-macs.svg': picture(results, {
      name: 'multiplications by nonzero weights',
      isLog: true,
      of: (runs) => runs.of(({macs}) => macs.nonzero).mean,
    }),
    'accuracy-ms.svg': picture(results, {name: 'ms of a prediction after sparsify', isLog: true, of: ms}),
  };
}

/** Test accuracy along an axis: a panel per network, a line per method, bars of one deviation. */
function picture(results: Results, axis: Axis): string {
  const chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT});
  const text = {color: GRAY, fontFamily: 'sans-serif'};
  const line = {lineStyle: {color: GRAY, opacity: 0.35}};
  const panels = networks.map((_, i) => ({left: 40 + i * 425, width: 365, top: 40, bottom: 90}));
  chart.setOption({
    animation: false,
    color: COLORS,
    textStyle: text,
    title: networks.map((network, i) => ({
      text: `${network}: test accuracy, %`,
      left: panels[i].left,
      top: 8,
      textStyle: {...text, fontSize: 13},
    })),
    legend: {bottom: 8, textStyle: text, data: shown},
    grid: panels,
    xAxis: networks.map((_, gridIndex) => ({
      gridIndex,
      type: axis.isLog ? 'log' : 'value',
      scale: true,
      name: axis.name,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: text,
      axisLabel: {...text, hideOverlap: true},
      axisLine: line,
      splitLine: line,
    })),
    yAxis: networks.map((_, gridIndex) => ({
      gridIndex,
      type: 'value',
      // Methods that fail would squeeze the others; the table has their figures.
      min: 85,
      max: 100,
      interval: 5,
      axisLabel: text,
      axisLine: line,
      splitLine: line,
    })),
    series: networks.flatMap((network, panel) =>
      shown.flatMap((method, i) => seriesOf(results, axis, {network, method, panel, color: COLORS[i]})),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function seriesOf(
  results: Results,
  axis: Axis,
  {network, method, panel, color}: {network: TaskName; method: MethodName; panel: number; color: string},
) {
  const points = results.sparsities(network, [method]).flatMap((sparsity) => {
    const runs = results.of(network, method, sparsity);
    const x = runs && axis.of(runs);
    if (runs === undefined || x === undefined) return [];
    const {mean, deviation} = runs.of(({accuracy}) => accuracy.after.test);
    return [{x, mean, deviation: Number.isNaN(deviation) ? 0 : deviation}];
  });
  const place = {xAxisIndex: panel, yAxisIndex: panel, itemStyle: {color}};
  return [
    {
      ...place,
      name: method,
      type: 'line',
      symbol: 'circle',
      symbolSize: 6,
      lineStyle: {color, width: 1.5},
      clip: true,
      data: points.map(({x, mean}) => [x, mean]),
    },
    ...points.map(({x, mean, deviation}) => ({
      ...place,
      type: 'line',
      symbol: 'none',
      silent: true,
      lineStyle: {color, width: 1.5},
      data: [
        [x, mean - deviation],
        [x, mean + deviation],
      ],
    })),
  ];
}
