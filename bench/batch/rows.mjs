import { openSession } from '../../dist/sql/index.js';

/** Writes rows that the contract of heart-disease allows: 13 features and a key, 5 of the features texts. */
export async function writeRows(file, rows) {
  const session = await openSession({ allowedPaths: [file] });
  const pick = (...values) =>
    `[${values.map((value) => `'${value}'`).join(', ')}][1 + (h % ${values.length})::INT]`;
  const from = (low, high, shift) => `(${low} + (h >> ${shift}) % ${high - low + 1})::BIGINT`;
  await session.run(
    `COPY (SELECT 'P' || lpad((i % 1000000)::VARCHAR, 6, '0') AS patient_id, ${from(29, 77, 3)} AS age,
       ${pick('female', 'male')} AS sex, ${pick('typical', 'atypical', 'non-anginal', 'asymptomatic')} AS cp,
       ${from(94, 200, 7)} AS trestbps, ${from(126, 564, 11)} AS chol, ${from(0, 1, 17)} AS fbs,
       ${pick('normal', 'st-t-abnormal', 'hypertrophy')} AS restecg, ${from(71, 202, 19)} AS thalach, ${from(0, 1, 23)} AS exang,
       ((h >> 29) % 62) / 10.0::DOUBLE AS oldpeak, ${pick('upsloping', 'flat', 'downsloping')} AS slope,
       CASE WHEN h % 50 = 0 THEN NULL ELSE ${from(0, 3, 37)} END AS ca,
       CASE WHEN h % 51 = 0 THEN NULL ELSE ${pick('normal', 'fixed-defect', 'reversible-defect')} END AS thal
     FROM (SELECT i, hash(i) AS h FROM range(${rows}) r(i))) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  await session[Symbol.asyncDispose]();
}
