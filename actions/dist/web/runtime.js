// dist/onnx/failures.js
function inputUnsupported(input, problem) {
  return {
    code: "onnx-input-unsupported",
    kind: "input",
    message: `input ${input} ${problem}`,
    remedy: "give the model one input a column ([N, 1], of double, float, int64, int32, bool or string), or one [N, F] input and its columns in the metadata entry `trainyard.columns`, a JSON list"
  };
}
function outputUnsupported(problem) {
  return {
    code: "onnx-output-unsupported",
    kind: "input",
    message: `the outputs of the model cannot be understood: ${problem}`,
    remedy: "give a classifier a label output ([N], int64 or string) and probabilities ([N, classes], float or double); a regression one output of values ([N, 1], float or double)"
  };
}
function columnMissing(input, near) {
  return {
    code: "onnx-column-missing",
    kind: "input",
    message: `the model wants an input ${input}, which the rows do not have`,
    remedy: near === void 0 ? "name the model's inputs as the columns of the dataset" : `rename the model's input to ${near}, if that is the column that was meant`
  };
}
function columnType(input, wanted, given) {
  return {
    code: "onnx-column-type",
    kind: "input",
    message: `input ${input} wants ${wanted}, and the column holds ${given}`,
    remedy: "train on the column as it is in the dataset, or change its type in the contract"
  };
}
function columnValue(input, row, problem) {
  return {
    code: "onnx-column-value",
    kind: "input",
    message: `input ${input} cannot take the value of row ${row}: ${problem}`,
    remedy: "declare the input as double (or float), where a missing value is NaN"
  };
}
function probabilitiesInvalid(row, problem) {
  return {
    code: "onnx-probabilities-invalid",
    kind: "input",
    message: `what the model gives as probabilities of row ${row} are none: ${problem}`,
    remedy: "end the model with probabilities (a softmax or a logistic function), not with scores"
  };
}

// dist/onnx/answers.js
var sumTolerance = 1e-4;
function collectAnswers(info, roles, rows) {
  return info.task === "regression" ? collectValues(roles, rows) : collectClasses(info.classes, roles, rows);
}
function collectValues({ scores }, rows) {
  let values = new Float64Array(rows);
  return {
    async add(outputs, start, chunkRows) {
      let data = await outputs[scores].getData();
      if (data.length !== chunkRows)
        return outputUnsupported(`${scores} has ${data.length} values for ${chunkRows} rows`);
      values.set(data, start);
    },
    prediction: () => ({ task: "regression", rows, values })
  };
}
function collectClasses(classes, roles, rows) {
  let width = classes.length, probabilities = new Float64Array(rows * width), labels = new Int32Array(rows), indexes = new Map(classes.map((text, index) => [text, index]));
  return {
    async add(outputs, start, chunkRows) {
      let data = await outputs[roles.scores].getData();
      if (data.length !== chunkRows * width) {
        let found = `${data.length} values for ${chunkRows} rows of ${width} classes`;
        return outputUnsupported(`${roles.scores} has ${found}`);
      }
      probabilities.set(data, start * width);
      let wrong = checkProbabilities(probabilities, width, start, chunkRows);
      if (wrong !== void 0)
        return wrong;
      if (roles.label === void 0) {
        for (let row = start; row < start + chunkRows; row++)
          labels[row] = argmax(probabilities, row * width, width);
        return;
      }
      let chosen = await outputs[roles.label].getData();
      if (chosen.length !== chunkRows)
        return outputUnsupported(`${roles.label} has ${chosen.length} values for ${chunkRows} rows`);
      for (let i = 0; i < chunkRows; i++) {
        let index = indexes.get(String(chosen[i]));
        if (index === void 0)
          return outputUnsupported(`${roles.label} gives ${chosen[i]}, which is not one of its classes`);
        labels[start + i] = index;
      }
    },
    prediction: () => ({ task: "classification", rows, classes, probabilities, labels })
  };
}
function checkProbabilities(probabilities, width, start, rows) {
  for (let row = start; row < start + rows; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      let value = probabilities[i];
      if (!(value >= -sumTolerance && value <= 1 + sumTolerance))
        return probabilitiesInvalid(row + 1, `one is ${value}`);
      sum += value;
    }
    if (Math.abs(sum - 1) > sumTolerance)
      return probabilitiesInvalid(row + 1, `their sum is ${sum}`);
  }
}
function argmax(values, start, width) {
  let best = 0;
  for (let i = 1; i < width; i++)
    values[start + i] > values[start + best] && (best = i);
  return best;
}

// dist/base/nearest.js
function nearest(written, candidates) {
  let best, least = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (let candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= least)
      continue;
    let distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    distance < least && (least = distance, best = candidate);
  }
  return best;
}
function editDistance(a, b) {
  let beforeLast = [], last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let row = [i];
    for (let j = 1; j <= b.length; j++) {
      let change = a[i - 1] === b[j - 1] ? 0 : 1, cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && (cost = Math.min(cost, beforeLast[j - 2] + 1)), row.push(cost);
    }
    beforeLast = last, last = row;
  }
  return last[b.length];
}

// dist/base/result.js
function success(value) {
  return { ok: !0, value };
}
function failed(failure) {
  return { ok: !1, failure };
}

// dist/onnx/feeds.js
function planFeeds(inputs, table, options) {
  let feeds = [], { chunkRows } = options;
  for (let port of inputs) {
    let names = columnNames(port, inputs.length, options.matrixColumns);
    if (!names.ok)
      return names;
    let columns = [];
    for (let name of names.value) {
      let column = table.columns.get(name);
      if (column === void 0)
        return failed(columnMissing(name, nearest(name, table.columns.keys())));
      let wanted = port.type === "string" ? "text" : "number";
      if (column.kind !== wanted) {
        let words = { text: "text", number: "numbers" };
        return failed(columnType(name, words[wanted], words[column.kind]));
      }
      columns.push({ name, column });
    }
    feeds.push({ port, columns });
    let fixed = port.shape[0];
    if (typeof fixed == "number") {
      if (fixed !== 1)
        return failed(inputUnsupported(port.name, `takes exactly ${fixed} rows`));
      chunkRows = 1;
    }
  }
  return success({ feeds, chunkRows });
}
function columnNames(port, inputs, matrixColumns) {
  let { name, shape } = port;
  if (shape.length > 2)
    return failed(inputUnsupported(name, `has ${shape.length} dimensions`));
  let width = shape.length === 2 ? shape[1] : 1;
  return width === 1 || width === null && inputs > 1 ? success([name]) : inputs > 1 ? failed(inputUnsupported(name, `has ${width} columns beside other inputs`)) : matrixColumns === void 0 ? failed(inputUnsupported(name, `has ${width ?? "many"} columns, and nothing says which`)) : width !== null && width !== matrixColumns.length ? failed(inputUnsupported(name, `has ${width} columns, but ${matrixColumns.length} are named`)) : success(matrixColumns);
}
function feedRows(plan, start, end, tensor) {
  let feeds = [];
  for (let { port, columns } of plan.feeds) {
    let rows = end - start, dims = port.shape.length === 1 ? [rows] : [rows, columns.length], data = arrayFor(port.type, rows * columns.length);
    for (let [offset, { name, column }] of columns.entries()) {
      let wrong = fill(data, column, { start, end, offset, stride: columns.length });
      if (wrong !== void 0)
        return failed(columnValue(name, wrong.row + 1, wrong.problem));
    }
    feeds.push([port.name, tensorOf(tensor, data, dims)]);
  }
  return success(Object.fromEntries(feeds));
}
function arrayFor(type, size) {
  switch (type) {
    case "string":
      return { type, values: new Array(size) };
    case "double":
      return { type, values: new Float64Array(size) };
    case "float":
      return { type, values: new Float32Array(size) };
    case "int64":
      return { type, values: new BigInt64Array(size) };
    case "int32":
      return { type, values: new Int32Array(size) };
    case "bool":
      return { type, values: new Uint8Array(size) };
  }
}
function tensorOf(Constructor, data, dims) {
  switch (data.type) {
    case "double":
      return new Constructor("float64", data.values, dims);
    case "float":
      return new Constructor("float32", data.values, dims);
    case "string":
      return new Constructor("string", data.values, dims);
    case "int64":
      return new Constructor("int64", data.values, dims);
    case "int32":
      return new Constructor("int32", data.values, dims);
    case "bool":
      return new Constructor("bool", data.values, dims);
  }
}
function fill(data, column, { start, end, offset, stride }) {
  if (column.kind === "text") {
    if (data.type !== "string")
      throw new TypeError("a column of text for a tensor of numbers");
    for (let row = start, at = offset; row < end; row++, at += stride) {
      let text = column.values[row] ?? "";
      if (text.includes("\0"))
        return { row, problem: "it holds a NUL, where the runtime would cut it off" };
      data.values[at] = text;
    }
    return;
  }
  if (data.type === "string")
    throw new TypeError("a column of numbers for a tensor of text");
  for (let row = start, at = offset; row < end; row++, at += stride) {
    let value = column.values[row];
    if (data.type === "double" || data.type === "float") {
      data.values[at] = value;
      continue;
    }
    let problem = integerProblem(data.type, value);
    if (problem !== void 0)
      return { row, problem };
    data.type === "int64" ? data.values[at] = BigInt(value) : data.values[at] = value;
  }
}
function integerProblem(type, value) {
  if (Number.isNaN(value))
    return `it is missing, and ${type} has no missing value`;
  if (!Number.isSafeInteger(value))
    return `it is no integer, as ${type} asks for`;
  if (type === "bool" && value !== 0 && value !== 1)
    return "it is neither 0 nor 1, as bool asks for";
  if (type === "int32" && (value | 0) !== value)
    return "it is outside of int32";
}

// dist/servable/answer.js
function rowAnswer(prediction, row) {
  if (prediction.task === "regression")
    return { value: prediction.values[row] };
  let { classes, probabilities, labels } = prediction, shown = classes.map((name, c) => [name, probabilities[row * classes.length + c]]);
  return { label: labelValues(classes)[labels[row]], probabilities: Object.fromEntries(shown) };
}
function labelValues(classes) {
  return classes.every((text) => /^-?(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text))) ? classes.map(Number) : classes;
}

// dist/contract/lexical.js
var year = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})", leapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)", date = `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}-02-29)`, time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?", zone = "(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])", datePattern = `^${date}$`, timestampPattern = `^${date}[T ]${time}${zone}?$`, integerPattern = "^-?(?:0|[1-9][0-9]*)$", numberPattern = "^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$", largestInteger = Number.MAX_SAFE_INTEGER, regexes = {
  date: new RegExp(datePattern, "u"),
  timestamp: new RegExp(timestampPattern, "u"),
  integer: new RegExp(integerPattern, "u"),
  number: new RegExp(numberPattern, "u")
};
function readLexical(type, text) {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return text === "true" ? !0 : text === "false" ? !1 : void 0;
    case "integer": {
      let value = regexes.integer.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) ? value : void 0;
    }
    case "number": {
      let value = regexes.number.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(value) ? value : void 0;
    }
    case "date":
    case "timestamp":
      return regexes[type].test(text) ? text : void 0;
  }
}
function lexicalDescription(type) {
  switch (type) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "integer":
      return "an integer such as -12, within 2^53";
    case "number":
      return "a number such as -1.5 or 2e-3";
    case "date":
      return "a date such as 2024-02-29";
    case "timestamp":
      return "a timestamp such as 2024-02-29T13:45:00Z";
  }
}
function microsecondsOf(text) {
  let match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null)
    throw new TypeError(`${text} is no date and no timestamp`);
  let [, years, months, days, hours = "0", minutes = "0", seconds = "0", fraction = "", offset = "Z"] = match, moment = /* @__PURE__ */ new Date(0);
  moment.setUTCFullYear(Number(years), Number(months) - 1, Number(days)), moment.setUTCHours(Number(hours), Number(minutes), Number(seconds));
  let sign = offset.startsWith("-") ? -1 : 1, minutesAhead = offset === "Z" ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))), milliseconds = moment.getTime() - minutesAhead * 6e4;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

// dist/contract/pattern.js
function compilePattern(pattern) {
  for (let flags of ["u", ""])
    try {
      return new RegExp(pattern, flags);
    } catch {
    }
}

// dist/servable/cells.js
function cellsWriter(columns, contract) {
  let types = new Map(contract.map(({ name, type }) => [name, type])), writers = columns.map(({ name, kind }) => [name, toCell(kind, types.get(name))]);
  return (row, cells) => {
    for (let i = 0; i < writers.length; i++) {
      let [name, write] = writers[i];
      cells.push(write(Object.hasOwn(row, name) ? row[name] : void 0));
    }
  };
}
function toCell(kind, type) {
  return kind === "text" ? (value) => value == null ? "" : String(value) : type === "date" || type === "timestamp" ? (value) => typeof value == "string" ? millisecondsOf(value) : Number.NaN : (value) => value == null ? Number.NaN : Number(value) + 0;
}
function millisecondsOf(text) {
  return Number(microsecondsOf(text)) / 1e3;
}

// dist/servable/port-check.js
var largestFloat = 34028234663852886e22, ranges = {
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  bool: [0, 1]
}, noNul = "^[^\\u0000]*$";
function narrowColumns(info, columns, contract) {
  let types = portTypes(info, columns);
  return contract.map((column) => narrow(column, types.get(column.name)));
}
function narrow(column, type) {
  let { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = column, bounds = (from, to) => ({
    ...minimum === void 0 && exclusiveMinimum === void 0 ? { minimum: from } : {},
    ...maximum === void 0 && exclusiveMaximum === void 0 ? { maximum: to } : {}
  });
  switch (type) {
    case "string":
      return column.type === "string" && column.enum === void 0 && column.pattern === void 0 ? { ...column, pattern: noNul } : column;
    case "float":
      return column.type === "number" ? { ...column, ...bounds(-largestFloat, largestFloat) } : column;
    case "int64":
    case "int32":
    case "bool":
      return column.type !== "number" && column.type !== "integer" ? { ...column, required: !0 } : { ...column, type: "integer", required: !0, ...bounds(...ranges[type]) };
    default:
      return column;
  }
}
function portTypes(info, columns) {
  let ports = new Map(info.inputs.map(({ name, type }) => [name, type])), only = info.inputs.length === 1 ? info.inputs[0].type : void 0;
  return new Map(columns.flatMap(({ name }) => {
    let type = ports.get(name) ?? only;
    return type === void 0 ? [] : [[name, type]];
  }));
}
function portCheck(info, columns, contract) {
  let rules = new Map(contract.map((column) => [column.name, column])), types = portTypes(info, columns), checks = columns.flatMap(({ name }) => {
    let type = types.get(name), rule = rules.get(name);
    return type === void 0 || rule === void 0 || !leavesRoom(type, rule) ? [] : [{ name, type }];
  });
  return checks.length === 0 ? () => [] : (row) => {
    let problems;
    for (let { name, type } of checks) {
      let problem = problemOf(type, name, Object.hasOwn(row, name) ? row[name] : void 0);
      problem !== void 0 && (problems ??= [], problems.push(problem));
    }
    return problems ?? [];
  };
}
function leavesRoom(type, rule) {
  let least = rule.minimum ?? rule.exclusiveMinimum ?? Number.NEGATIVE_INFINITY, most = rule.maximum ?? rule.exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  switch (type) {
    case "double":
      return !1;
    case "float":
      return rule.type === "number" && rule.enum === void 0 && !(least >= -largestFloat && most <= largestFloat);
    case "string":
      return rule.type === "string" && rule.enum === void 0 && rule.pattern !== noNul;
    default: {
      if (!rule.required)
        return !0;
      if (rule.type === "boolean")
        return !1;
      let [from, to] = ranges[type];
      return !(rule.type === "integer" && least >= from && most <= to);
    }
  }
}
function problemOf(type, column, value) {
  let isMissing = value == null || value === "";
  switch (type) {
    case "double":
      return;
    case "float":
      return isMissing || Math.abs(Number(value)) <= largestFloat ? void 0 : { rule: "range", column, expected: `a number between -${largestFloat} and ${largestFloat}` };
    case "string":
      return typeof value == "string" && value.includes("\0") ? { rule: "pattern", column, expected: "a text without NUL" } : void 0;
    default: {
      if (isMissing)
        return { rule: "required", column, expected: "a value" };
      let number = typeof value == "string" ? millisecondsOf(value) : Number(value), [from, to] = ranges[type];
      return Number.isInteger(number) && number >= from && number <= to ? void 0 : { rule: "type", column, expected: `an integer from ${from} to ${to}` };
    }
  }
}

// dist/servable/request-columns.js
function modelColumns(info) {
  let named = info.metadata["trainyard.columns"], matrix = named === void 0 ? void 0 : JSON.parse(named);
  return info.inputs.flatMap(({ name, type, shape }) => {
    let kind = type === "string" ? "text" : "number";
    return info.inputs.length === 1 && matrix !== void 0 && shape.length === 2 && shape[1] !== 1 ? matrix.map((column) => ({ name: column, kind })) : [{ name, kind }];
  });
}

// dist/servable/row-block.js
function tableOfBlocks(blocks, columns) {
  let rows = 0;
  for (let block of blocks)
    rows += block.rows;
  let width = columns.length, table = /* @__PURE__ */ new Map();
  for (let c = 0; c < width; c++) {
    let { name, kind } = columns[c], at = 0;
    if (kind === "number") {
      let values = new Float64Array(rows);
      for (let { cells } of blocks)
        for (let i = c; i < cells.length; i += width)
          values[at++] = cells[i];
      table.set(name, { kind, values });
    } else {
      let values = new Array(rows);
      for (let { cells } of blocks)
        for (let i = c; i < cells.length; i += width)
          values[at++] = cells[i];
      table.set(name, { kind, values });
    }
  }
  return { rows, columns: table };
}

// dist/embed/web/runtime/check-row.js
function rowCheck(columns) {
  let checks = columns.map((column) => [column, valueCheck(column)]), names = new Set(columns.map(({ name }) => name));
  return (row) => {
    if (typeof row != "object" || row === null || Array.isArray(row))
      return [{ rule: "type", expected: "an object with a member for each column" }];
    let memberOf = (name) => Object.hasOwn(row, name) ? row[name] : void 0, absent = columns.filter(({ name, required }) => required && memberOf(name) === void 0), unknown = Object.keys(row).filter((name) => !names.has(name));
    return [
      ...absent.map(({ name }) => missing(name)),
      ...unknown.map((name) => ({ rule: "columns", column: name, expected: "no member that is no column" })),
      ...checks.flatMap(([column, check]) => {
        let value = memberOf(column.name);
        return value === void 0 ? [] : value === null || value === "" && column.type === "string" ? column.required ? [missing(column.name)] : [] : check(value);
      })
    ];
  };
}
function missing(column) {
  return { rule: "required", column, expected: "a value" };
}
function valueCheck(column) {
  let { name, type } = column, mistyped = { rule: "type", column: name, expected: lexicalDescription(type) }, isOfType = typeTest(column), rules = [
    numberRules(column),
    textRules(column),
    enumRule(column),
    timeRules(column)
  ];
  return (value) => isOfType(value) ? rules.flatMap((rule) => rule(value)) : [mistyped];
}
function typeTest({ type }) {
  switch (type) {
    case "boolean":
    case "string":
      return (value) => typeof value === type;
    case "number":
      return (value) => Number.isFinite(value);
    case "integer":
      return (value) => Number.isSafeInteger(value);
    case "date":
    case "timestamp": {
      let pattern = new RegExp(type === "date" ? datePattern : timestampPattern, "u");
      return (value) => typeof value == "string" && pattern.test(value);
    }
  }
}
function numberRules(column) {
  let { name, type, multipleOf } = column;
  if (type !== "integer" && type !== "number")
    return () => [];
  let bounds = [
    ["<=", column.maximum, (value, bound) => value <= bound],
    [">=", column.minimum, (value, bound) => value >= bound],
    ["<", column.exclusiveMaximum, (value, bound) => value < bound],
    [">", column.exclusiveMinimum, (value, bound) => value > bound]
  ];
  return (value) => {
    let number = value, broken = bounds.filter(([, bound, keeps]) => bound !== void 0 && !keeps(number, bound)).at(-1), problems = [];
    return broken !== void 0 && problems.push({ rule: "range", column: name, expected: `${broken[0]} ${broken[1]}` }), type === "integer" && multipleOf !== void 0 && !Number.isInteger(number / multipleOf) && problems.push({ rule: "multiple", column: name, expected: `a multiple of ${multipleOf}` }), problems;
  };
}
function textRules(column) {
  let { name, type, minLength, maxLength, pattern } = column;
  if (type !== "string")
    return () => [];
  let regex = pattern === void 0 ? void 0 : compilePattern(pattern);
  return (value) => {
    let text = value, { length } = [...text], least = Math.max(1, minLength ?? 1);
    if (maxLength !== void 0 && length > maxLength)
      return [{ rule: "length", column: name, expected: `at most ${maxLength} characters` }];
    let problems = [];
    return length < least && problems.push({ rule: "length", column: name, expected: `at least ${least} characters` }), regex !== void 0 && !regex.test(text) && problems.push({ rule: "pattern", column: name, expected: `matches ${pattern}` }), maxLength !== void 0 && problems.reverse(), problems;
  };
}
function enumRule({ name, type, enum: allowed }) {
  if (allowed === void 0 || type === "date" || type === "timestamp")
    return () => [];
  let expected = `one of ${allowed.map(String).join(", ")}`;
  return (value) => allowed.some((one) => one === value) ? [] : [{ rule: "enum", column: name, expected }];
}
function timeRules({ name, type, enum: allowed, earliest, latest, after, before }) {
  if (type !== "date" && type !== "timestamp")
    return () => [];
  let expected = [
    ...earliest === void 0 ? [] : [`>= ${earliest}`],
    ...after === void 0 ? [] : [`> ${after}`],
    ...latest === void 0 ? [] : [`<= ${latest}`],
    ...before === void 0 ? [] : [`< ${before}`]
  ].join(" and "), moments = allowed?.map((text) => microsecondsOf(String(text)));
  return (value) => {
    let text = value;
    if (readLexical("timestamp", text.includes(":") ? text : `${text}T00:00:00`) === void 0)
      return [];
    let moment = microsecondsOf(text), problems = (earliest === void 0 || moment >= microsecondsOf(earliest)) && (latest === void 0 || moment <= microsecondsOf(latest)) && (after === void 0 || moment > microsecondsOf(after)) && (before === void 0 || moment < microsecondsOf(before)) ? [] : [{ rule: "range", column: name, expected }];
    return moments?.includes(moment) === !1 && problems.push({ rule: "enum", column: name, expected: `one of ${allowed.join(", ")}` }), problems;
  };
}

// dist/embed/web/runtime/open-model.js
var InvalidRowError = class extends Error {
  name = "InvalidRowError";
  problems;
  constructor(problems) {
    let { row, column, expected } = problems[0];
    super(`${column === void 0 ? "" : `${column} of `}row ${row}: expected ${expected}`), this.problems = problems;
  }
};
async function openModel({ description, runtime, base, program }) {
  let { env } = runtime;
  env.wasm.numThreads = 1, env.wasm.proxy = !1, env.wasm.wasmPaths = { wasm: new URL(program, base) };
  let session = await runtime.InferenceSession.create(await modelBytes(description, base), {
    executionProviders: ["wasm"],
    executionMode: "sequential",
    logSeverityLevel: 4
  }), { info, roles } = description, columns = modelColumns(info), contract = narrowColumns(info, columns, description.columns), keepsContract = rowCheck(contract), fitsPorts = portCheck(info, columns, contract), cellsOf = cellsWriter(columns, description.columns), fetches = [roles.scores, ...roles.label === void 0 ? [] : [roles.label]], named = info.metadata["trainyard.columns"], matrixColumns = named === void 0 ? void 0 : JSON.parse(named), check = (row) => {
    let problems = keepsContract(row);
    return problems.length > 0 ? problems : fitsPorts(row);
  }, answer = async (rows) => {
    let cells = [];
    for (let row of rows)
      cellsOf(row, cells);
    let table = tableOfBlocks([{ rows: rows.length, cells }], columns), plan = planFeeds(info.inputs, table, { matrixColumns, chunkRows: 4096 });
    if (!plan.ok)
      throw new Error(plan.failure.message);
    let answers = collectAnswers(info, roles, rows.length);
    for (let start = 0; start < rows.length; start += plan.value.chunkRows) {
      let end = Math.min(start + plan.value.chunkRows, rows.length), feeds = feedRows(plan.value, start, end, runtime.Tensor);
      if (!feeds.ok)
        throw new Error(feeds.failure.message);
      let outputs = await session.run(feeds.value, fetches), wrong = await answers.add(outputs, start, end - start);
      if (wrong !== void 0)
        throw new Error(wrong.message);
    }
    let prediction = answers.prediction();
    return rows.map((_, row) => rowAnswer(prediction, row));
  }, last = Promise.resolve(), predictMany = (rows) => {
    let problems = rows.flatMap((row, i) => check(row).map((problem) => ({ ...problem, row: i })));
    if (problems.length > 0)
      return Promise.reject(new InvalidRowError(problems));
    let next = last.then(() => answer(rows));
    return last = next.catch(() => {
    }), next;
  };
  return {
    check,
    predictMany,
    predict: async (row) => (await predictMany([row]))[0],
    close: async () => {
      await last, await session.release();
    }
  };
}
async function modelBytes({ sha256 }, base) {
  let response = await fetch(new URL("model.onnx", base));
  if (!response.ok)
    throw new Error(`model.onnx: the server answers ${response.status}`);
  let bytes = new Uint8Array(await response.arrayBuffer());
  if (globalThis.crypto?.subtle === void 0)
    return bytes;
  if ([...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== sha256)
    throw new Error("model.onnx is not the file that was exported");
  return bytes;
}
export {
  InvalidRowError,
  openModel
};
