import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

/** A model and pictures that would do, so that only what a test adds is wrong. */
async function soundCase() {
  const folder = await temporaryFolder();
  const model = await writeModel(folder);
  const images = await writePictures(path.join(folder, 'images'), 6);
  const out = path.join(folder, 'out.tessera');
  const given = ['--model', model, '--images', images, '--out', out, '--device', 'cpu'];
  return { folder, model, images, out, given };
}

describe('the command line', () => {
  it('prints its usage, with exit code 2 when no command was given', async () => {
    const help = await tessera('--help');
    const bare = await tessera();
    expect(help.code).toBe(0);
    expect(bare.code).toBe(2);
    expect(help.stdout).toContain('tessera explain --model MODEL --images DIR');
    expect(bare.stdout + bare.stderr).toBe(help.stdout + help.stderr);
  });

  it.each([
    [['explian'], 'There is no command "explian".', 'Commands: inspect, predict, explain, '],
    [['toString'], 'There is no command "toString".', 'Commands: '],
    [['split'], 'decompose takes one project folder and --concept.', 'For example: tessera decompose'],
    [['explain', '--imagse', 'x'], "Unknown option '--imagse'.", 'Near to it: --images'],
    [['explain'], 'explain needs --model: a model file (.onnx).', 'npm run demo'],
    [['explain', '--model', 'm'], 'explain needs --images: one or more folders', 'npm run demo'],
    [['explain', 'm.onnx'], 'explain does not take "m.onnx" without an option name.', 'Write --model MODEL'],
    [['explain', '--model'], '--model takes a text of 1 to 4,096 characters; got none.', '--help'],
    [
      ['explain', '--demo', '--samples', '1'],
      '--samples takes a whole number from 2 to 65,536; got "1".',
      '--help',
    ],
    [
      ['explain', '--demo', '--seed', '4294967296'],
      '--seed takes a whole number from 0 to 4,294,967,295; got "4294967296".',
      '--help',
    ],
    [
      ['explain', '--demo', '--craft', '--replicates', '2'],
      "In the paper's own way the designs of an image are all equal, which leaves one repetition; got 2.",
      'Ask for one repetition with --replicates 1.',
    ],
    [
      ['explain', '--demo', '--craft', '--design', 'lhs'],
      "In the paper's own way a design is not random; a Latin hypercube always is.",
      'Choose another design with --design halton or --design sobol.',
    ],
    [['explain', '--demo', '--rows', 'tiles'], '--rows takes one of grid, crops; got "tiles"', '--help'],
    [
      ['explain', '--demo', '--concepts', 'many'],
      '--concepts takes a whole number from 1 to 256, or "auto"; got "many".',
      '--help',
    ],
    [
      ['explain', '--demo', '--concepts', '0'],
      '--concepts takes a whole number from 1 to 256, or "auto"; got "0".',
      '--help',
    ],
    [
      ['explain', '--demo', '--concepts', '257'],
      '--concepts takes a whole number from 1 to 256, or "auto"; got "257".',
      '--help',
    ],
    ...['5', '9'].map((active) => [
      ['explain', '--demo', '--active', active],
      `Only sparse concepts can be held to ${active} at a place; those of the usual kind may be there in any number.`,
      'Choose sparse concepts with --bank sparse.',
    ]),
    [['inspect'], 'inspect takes one model file, got 0.', 'tessera inspect MODEL.onnx'],
    [['inspect', 'a', 'b'], 'inspect takes one model file, got 2.', 'tessera inspect MODEL.onnx'],
    [
      ['edit', 'nowhere', '--search', '--remove', '1', '--how', 'mean', '--report', 'a.html'],
      '--search looks for the concepts and the way by itself; --remove, --how and --report cannot go with it.',
      'Leave --search away to make an edit of your own',
    ],
    [['report'], 'report takes one project folder, got 0.', '.tessera'],
    [['report', 'nowhere'], 'nowhere is not a Tessera project (no project.json).', '.tessera'],
  ])('refuses %j with exit code 2', async (argv, message, hint) => {
    const { code, stdout, stderr } = await tessera(...argv);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('explain, asked for what is not there', () => {
  it.each([
    [['--class', 'rde'], 'the model has no class "rde"', 'Did you mean "red"'],
    [['--class', '3'], 'the model has no class "3"', 'an index from 0 to 2'],
    [['--class', 'predicted:gren'], 'the model has no class "gren"', '"green"'],
    [
      ['--class', 'red', '--layer', 'color'],
      'The model has no cut point called "color".',
      'Near to it: colours',
    ],
    [
      ['--class', 'red', '--concepts', '4'],
      'The layer squashed has 3 channels, which allow at most as many concepts; got 4.',
      '--concepts',
    ],
    [
      ['--class', 'all', '--concepts', '2', '--layer', 'pooled', '--recurse', '1', '--parts', '9'],
      'Parts are looked for at squashed, whose 3 channels allow at most as many parts; got 9.',
      'Ask for fewer parts with --parts.',
    ],
    [['--concepts', '2'], 'explain needs --class: a class name or index', 'npm run demo'],
    [['--class', 'red', '--task', 'regression'], 'cannot be read as regression', 'with --task multiclass'],
    [['--class', 'red', '--output', 'logitz'], 'no output called "logitz"', 'name one with --output'],
    [['--class', 'red', '--against', 'RED'], '"red" cannot be compared with itself', 'with --against'],
    [['--class', 'red', '--threshold', '0.4'], 'decides by the largest score', 'Leave the threshold away.'],
    [
      ['--class', 'red', '--concepts', '2', '--preprocessing', 'imgnet'],
      'There is no preprocessing preset or file called "imgnet".',
      'Presets: imagenet',
    ],
    [
      ['--class', 'red', '--concepts', '2', '--labels', '/nowhere/labels.txt'],
      'cannot read /nowhere/labels.txt: there is no such file or folder',
      'Check the path.',
    ],
    [
      ['--class', 'red', '--concepts', '2', '--images', '/nowhere/images'],
      'cannot read /nowhere/images: there is no such file or folder',
      'Check the path.',
    ],
  ])('%j: exit code 2, and no project is begun', async (argv, message, hint) => {
    const { given, out } = await soundCase();
    const { code, stdout, stderr } = await tessera('explain', ...given, ...argv);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    await expect(access(out)).rejects.toThrow('ENOENT');
  });

  it('refuses labels of the wrong length, saying how many there should be', async () => {
    const { given, folder, model } = await soundCase();
    const labels = path.join(folder, 'labels.txt');
    await writeFile(labels, 'background\nred\ngreen\nblue\n');
    const { code, stderr } = await tessera('explain', ...given, '--class', 'red', '--labels', labels);
    expect(stderr).toContain(`expected 3 names, one for each class, got 4 (${labels})`);
    expect(stderr).toContain(
      'The first line is "background", a background class that the model lacks: then move the names by one with --label-shift drop-first.',
    );
    expect(code).toBe(2);
    expect((await tessera('inspect', model, '--labels', labels)).code).toBe(2);
  });

  it('refuses a card that is no JSON, naming it', async () => {
    const { folder, model } = await soundCase();
    await writeFile(path.join(folder, 'colours.json'), '{"labels": [');
    const { code, stderr } = await tessera('inspect', model);
    expect(stderr).toContain(`${path.join(folder, 'colours.json')} holds no valid JSON`);
    expect(code).toBe(2);
  });

  it('says what the model predicts instead when no image is of the class', async () => {
    const { given, out } = await soundCase();
    const { code, stderr } = await tessera('explain', ...given, '--class', 'green', '--concepts', '2');
    expect(stderr).toContain('The model predicts "green" for none of the 6 images.');
    expect(stderr).toContain('Most often it predicts "red", "blue".');
    expect(stderr).toContain('--select all');
    expect(code).toBe(2);
    const reported = await tessera('report', out);
    expect(reported.stderr).toContain('none of them finished; there is nothing to tell of.');
    expect(reported.code).toBe(2);
  });

  it('says which folders there are when none is named like the class', async () => {
    const { given } = await soundCase();
    const { code, stderr } = await tessera(
      'explain',
      ...given,
      '--class',
      'red',
      '--concepts',
      '2',
      '--select',
      'folder',
    );
    expect(stderr).toContain('No folder of the images is named like the class "red".');
    expect(code).toBe(2);
  });

  it('refuses more concepts than there are rows to explain', async () => {
    const { folder, given } = await soundCase();
    const [, model] = given;
    const images = await writePictures(path.join(folder, 'few'), 2);
    const { code, stderr } = await tessera(
      ...['explain', '--model', model, '--images', images, '--out', path.join(folder, 'few.tessera')],
      ...['--class', 'red', '--layer', 'pooled', '--rows', 'grid', '--concepts', '3', '--device', 'cpu'],
    );
    expect(stderr).toContain(
      'The images give 2 rows of activations, which allow at most as many concepts; got 3.',
    );
    expect(stderr).toContain('--concepts');
    expect(code).toBe(2);
  });
});
