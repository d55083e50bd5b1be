import { seededRandom } from '../../base/index.ts';

export const sample = {
  name: 'pump-failure',
  description: 'Say which pumps will fail within a week.',
  target: 'failed',
  key: ['pump'],
  least: 0.7,
} as const;

/**
 * 400 pumps that never were: made by this function, always the same, nobody's data. Hot pumps that shake fail more often,
 * old ones at the coast most of all.
 */
export function sampleCsv(): string {
  const random = seededRandom(20_260_101);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sites = ['coast', 'desert', 'north'] as const;
  const lines = ['pump,site,age_days,vibration,temperature,pressure,failed'];
  for (let i = 1; i <= 400; i++) {
    const site = sites[Math.floor(random() * 3)]!;
    const age = Math.round(50 + random() * 2950);
    const vibration = Math.max(0.2, 2 + age / 3000 + normal() * 0.8);
    const temperature = 55 + (site === 'desert' ? 8 : 0) + normal() * 6;
    const pressure = 6 + normal() * 0.7;
    const strain =
      1.6 * (vibration - 2.6) +
      0.12 * (temperature - 58) +
      (site === 'coast' ? age / 1500 : 0) -
      0.4 * (pressure - 6) -
      1.2;
    const failed = random() < 1 / (1 + Math.exp(-strain)) ? 1 : 0;
    // Some sensors are silent.
    const shown = random() < 0.03 ? '' : temperature.toFixed(1);
    const id = `P${String(i).padStart(3, '0')}`;
    lines.push([id, site, age, vibration.toFixed(2), shown, pressure.toFixed(2), failed].join(','));
  }
  return `${lines.join('\n')}\n`;
}
