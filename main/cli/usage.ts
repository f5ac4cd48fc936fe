import { helpEntry, optionsHelp } from './option-help.ts';

/** What `--help` prints. */
export const USAGE = `Tessera shows what an image classifier looks at, and where.

tessera inspect MODEL [--output NAME] [--task KIND] [--threshold T] [--labels FILE] [--preprocessing NAME|FILE]
                [--images DIR…] [--json]
    What the model takes, every output with what it is, which one is explained, and the tensors at which the model can
    be cut. With --images every preprocessing is tried on some of them, and the one that does best is proposed.

tessera predict --model MODEL --images DIR… [--output NAME] [--task KIND] [--threshold T] [--labels FILE]
                [--preprocessing NAME|FILE] [--alpha A] [--device D] [--csv FILE] [--json]
    What the model says of every picture: class (or labels, or a number), probability and the class that comes next, beside the class that the
    picture's folder names; how many are right, and what is taken for what. --csv writes a table.

tessera explain --model MODEL --images DIR… --class CLASS [options]
tessera explain --demo [options]
    Finds the concepts behind a class and writes a project folder and a report.
${optionsHelp()}
  Own concepts
${helpEntry('--concept-folder NAME=DIR', 'also looks for a concept of which DIR has examples; several allowed. See tessera concept')}
${helpEntry('--against-folder DIR', 'pictures that it is told from (the images given)')}
  Speed
${helpEntry('--workers N', 'processes of this machine that share the images of one class (1): for many images and processors')}
  Result
${helpEntry('--out DIR', 'project folder (MODEL.tessera here)')}
${helpEntry('--json', 'the result on standard output; progress goes to standard error')}

tessera maps --model MODEL --images DIR… [--class CLASS] [--against CLASS] [--reference FILE] [--output NAME]
             [--task KIND] [--threshold T] [--labels FILE] [--label-shift N] [--preprocessing NAME|FILE] [--alpha A]
             [--method NAME] [--count N] [--seed S] [--device D] [--out FILE] [--json]
    Where in some pictures a score comes from, by hiding parts of them: works with every model, also with one that has
    no concepts because it cannot be cut. Without --class each picture is explained for what the model says of it.
    NAME is occlusion (taken unless said), rise or sobol-attribution; N pictures (8) are taken, from each folder in
    turn. FILE is the page that is written (MODEL.maps.html here).

tessera decompose PROJECT --concept NAME [--layer TENSOR] [--parts N] [--run ID] [--device D] [--json]
tessera decompose PROJECT --concept NAME --undo [--run ID]
    Decomposes one concept of a finished run ("Concept 2"), or one of its parts ("Concept 2.1"), into parts at an
    earlier layer (the proposed one) and writes the report again. --undo takes its parts away.

tessera concept PROJECT --concept-folder NAME=DIR… [--against-folder DIR] [--run ID] [--device D] [--json]
tessera concept PROJECT [--remove NAME] [--run ID] [--json]
tessera concept PROJECT [--rename CONCEPT=NAME] [--note CONCEPT=TEXT] [--hide CONCEPT] [--show CONCEPT] [--run ID]
    Concepts of your own in a finished run: a direction that tells the pictures of a folder from the images that the run
    was given (or from --against-folder), how well it does on pictures held out and beside random sets, its importance
    beside the concepts that were found, its TCAV score. Without a folder those that the run has are listed; --remove takes
    one away. Names, notes (an empty one takes it back) and what is hidden, of concepts that were found as well as of own
    ones, and own concepts themselves, are those of all runs with the same bank.

tessera vjp MODEL --to TENSOR [--from TENSOR] --tensors IN --out OUT [--device D] [--json]
tessera vjp MODEL --to TENSOR [--from TENSOR] --write FILE.onnx
    Vector-Jacobian products between two tensors of a model (--from: its input).
    IN and OUT are safetensors files. IN holds x, the value of the --from tensor, and v, a cotangent in the shape of
    the --to tensor; OUT gets a, the value of the --to tensor, and gx, the gradient in the shape of x. --write keeps
    the backward graph as an ordinary ONNX model. The device is the CPU unless another is named.

tessera what-if PROJECT [--scale CONCEPT=FACTOR…] [--image N|FILE] [--run ID] [--json]
tessera what-if PROJECT --image N|FILE --counterfactual [--to CLASS] [--run ID] [--json]
    What if a concept were not there? FACTOR from 0 (gone) over 1 (as it is) to 2 (twice as much); CONCEPT is its id,
    name or rank. Without --scale: how many images are decided otherwise without each concept. With it: the decisions
    that change, in all images of the run, or in one: --image, by its number there (from 0) or any picture file.
    --counterfactual finds the smallest change of the concepts that makes the image's class win: --to CLASS, or the
    class of the picture's folder.

tessera edit PROJECT --remove CONCEPT[,…] --out FILE.onnx [--scale CONCEPT=FACTOR…] [--how remove|mean|project|pattern]
             [--class CLASS] [--above SHARE] [--images DIR…] [--by NAME…] [--run ID] [--report FILE] [--json]
    The model without a concept, as a model file: a few plain operators at the run's layer, all else as it was. Says what
    that fixes and breaks on the run's images, and on held-out ones (--images). --scale weakens instead of removing.
    --how: pattern (taken unless said: the mean of images without the concept takes its place, and that of all that goes
    along with it), mean (of the concept alone), project (its direction is projected out), remove (what what-if shows).
    --class edits the score of this class alone, at the cost of a second pass from the layer on: other classes may rest on
    the same concept. --above leaves amounts alone up to a share of the run's largest; it goes with remove, which it
    then means. --by counts images with and without
    a cue by themselves: by a column of the project's table, or whether they hold a marked object of that name ("columns"
    takes both). --report writes the proof as one HTML file with pictures of the decisions that changed.

tessera edit PROJECT --costs [--images DIR…] [--run ID] [--json]
    Right answers that taking out each concept costs, whole and by half, over images of all classes: which are harmless.

tessera edit PROJECT --search [--all-cuts] [--images DIR…] [--out FILE.onnx] [--run ID] [--json]
    The edit that mends most mistakes and breaks fewest right answers: which concepts, how much, how; with --all-cuts also at
    other layers. Chosen on half of the images whose folders name a class (the run's, and those of --images), counted
    again on the other half. --out makes it.

tessera package PROJECT --out FOLDER [--remove CONCEPT[,…]] [--scale CONCEPT=FACTOR…] [--how WAY] [--above SHARE]
                [--images DIR…] [--zip] [--run ID] [--json]
    An audit package for the people to whom the model belongs: a README, the report, the monitor, tables and the run; with
    --remove or --scale the edited model and the proof of what that does. --zip packs it, too.

tessera score PROJECT --images DIR… [--run ID] [--device D] [--csv FILE] [--json]
    New images with the concepts of a finished run: how much of each is in them, what each does to the score, what none
    explains; which concepts are there otherwise than in the run's own images (drift), and which images they do not know.
    --csv writes a table.

tessera columns PROJECT [--table FILE] [--run ID] [--csv FILE] [--json]
    What a table of the pictures (CSV, TSV or JSON: one column of file names or paths, others of numbers, categories or
    dates) has to do with the concepts of a finished run: which concepts go along with which columns, and in which values
    of them the model is wrong more often. The project remembers the table. --csv writes all that was looked at. --objects
    takes boxes or masks (a COCO file, or a folder of Pascal VOC's XML): how much of each concept lies inside of them.

tessera runs PROJECT [--json]
tessera runs PROJECT [--rename RUN=NAME] [--delete RUN] [--json]
    The runs of a project, newest first: name, class, layer, concepts, images, when, how long, how far to be trusted.
    A damaged one says why. --rename gives a run a name (an empty one takes it back); --delete removes it for good.

tessera overview PROJECT [--bank ID] [--report FILE] [--json]
tessera overview PROJECT --class B --against A [--bank ID] [--json]
    The whole model, by the runs of explain --class all: how often each class is right, which concepts it rests on, which
    classes have them in common, what is taken for what, and what to look at first. --report writes it as one HTML file.
    With --class and --against: why images of A are called B, by the concepts' parts of the lead, and the smallest change
    of concepts that turns these mistakes. The bank is the one used last unless it is named.

tessera compare A[:RUN] B[:RUN] [--report FILE] [--json]
    Two finished runs, each the newest of its project unless one is named (old.tessera:run2): two runs, models, layers or
    folders. Concepts are matched by where they are active in the images that both explain, else by direction in one
    layer; which are the same, changed, only in A or only in B, how importance and prevalence differ, and which decisions
    changed, with the concepts behind them. --report writes it as one HTML file with pictures.

tessera export PROJECT --out FOLDER [--run ID] [--device D] [--json]
    A finished run for other programs: images.csv (a row an image: path, class, answer, score, amount and contribution of
    every concept, rest), concepts.csv (names, importance with interval, prevalence, comments), and the same with the
    directions of the concepts as arrays, run.npz (NumPy) and run.safetensors. Images are those that the run was given.

tessera export PROJECT --as-model FILE.onnx [--with-contributions] [--run ID] [--device D] [--json]
    The model of a finished run with further outputs: how much of each concept is in a picture, what each does to the
    score, and what none explains. It takes the same pictures, gives the same answers and runs wherever the model ran.
    Beside it FILE.json (names, and how much the run's images have) and FILE.md (how to watch new pictures, in Python and
    JavaScript). Contributions are left out where they would cost much time, unless asked for.

tessera study new PROJECT --kind utility --consent FILE|TEXT [--run ID[,ID]] [--conditions NAME,…] [--contrast A:B]
              [--participants N] [--sessions N] [--train N] [--test N] [--scenario all|failures] [--title TEXT] [--seed S] [--json]
tessera study new PROJECT --kind intruder|choice --consent FILE|TEXT [--run ID] [--sets N] [--participants N] [--json]
tessera study simulate PROJECT [STUDY] [--reader NAME,…] [--participants N] [--seed S] [--json]
tessera study analyse PROJECT STUDY [--merge FOLDER…] [--out FOLDER] [--report FILE] [--json]
tessera study list PROJECT [--json]
    Do people understand the model? Tests of explanations over finished runs, drawn and frozen before anybody takes part.
    utility: learn from pictures with the model's answer and an explanation, then predict the model on others without
    one. Answers are the run's class against everything else, or the classes of two runs, as many of each, easy and hard
    ones; failures takes half of them from the model's mistakes. Conditions are control, concepts, concept-maps and
    methods of maps such as saliency and grad-cam; each is shown to N participants, over the same pictures, none of which
    is nearly the same as another. The primary test compares A with B. intruder: five crops, which one is of another
    concept? choice: which gallery shows one clear thing, the concept's or its part's? A run or picture that is changed
    later voids a study; list says so. simulate is a dry run of a frozen study, or of one made by the options of new and not
    kept: N simulated participants a condition (10, at most 1000) use what they are shown and nothing else, and are analysed as people
    are. NAME is logistic (taken unless said), nearest, guessing or inattentive; several are taken in turn. analyse
    works out what came of a study by its frozen rules, with --merge also from the folders of the same study that other
    machines filled; --out writes trials.csv, participants.csv and analysis.json, --report one HTML page.

tessera study serve PROJECT STUDY [--participants N] [--first N] [--address HOST] [--port P] [--new-link N,N]
    Serves a study to its participants until Ctrl-C, and prints a link for each: good for one browser, also after a new start.
    Every answer is on the disk before the next question; who is interrupted goes on where they were. Only this machine hears it
    unless --address names an address of it on a network: then everybody there who has a link can answer, and nothing is
    encrypted. --first N begins with another number, for another machine; --new-link N gives participant N a new link.

tessera study withdraw PROJECT STUDY NUMBER
    Deletes at once all that participant NUMBER answered, as they may ask you to; it cannot be undone. While the study is
    served, the window that serves it does the same (Delete answers).

tessera plan --model MODEL --images DIR… --class CLASS [options of explain] [--out PROJECT] [--json]
tessera submit PROJECT [--engine local] [--shards N] [--mounted DIR=HERE] [--json]
tessera submit PROJECT --engine slurm --shards N [--partition NAME] [--account NAME] [--extra=OPTION…] [--program TEXT] [--dry-run]
tessera submit PROJECT --engine bullmq --shards N --redis URL [--redis-ca FILE] [--mounted DIR=HERE] [--json]
tessera worker --redis URL [--redis-ca FILE] [--jobs N] [--threads T] [--mounted DIR=HERE]
tessera status PROJECT [--json]
tessera work PROJECT --shard I/N [--stage STAGE] [--threads T] [--mounted DIR=HERE]
tessera merge PROJECT [--stage STAGE] [--mounted DIR=HERE] [--json]
    A run that several processes share, with the result of explain in every byte, however many there are. plan writes down
    what explain would do, and of which pictures; submit lets N workers compute it (as many as there are processors), starts
    what is lost or left out again, at most three times, and writes the run and its report; the same again goes on. status
    says how far each stage and shard is, and what failed; it reads files alone, so that any machine can ask. With --engine
    slurm the workers are tasks of array jobs; submit waits for them on the login node and computes nothing itself. --extra
    are further options of sbatch (--extra=--gres=gpu:1), --program is how a node starts Tessera, --dry-run prints the scripts
    and starts nothing. With --engine bullmq they are taken from a queue on a Redis server by worker, on as many machines as
    have the project and the images on the same paths; worker runs until Ctrl-C. URL is redis://:PASSWORD@HOST:6379, or rediss://
    for TLS, and may stand in TESSERA_REDIS; needs the packages bullmq and ioredis. By hand: work
    computes share I of N (from 0), merge what lies between the stages (predictions, rows, coefficients) and in the end the
    run. Both end with 75 while something is missing. --mounted says where a folder of images lies on this machine.

tessera report PROJECT [--run ID] [--out FILE]
    Writes the report of a finished run again, with the names given to concepts since.

tessera devices [--json]
    What can compute here, and why something cannot.

Exit code: 0 done, 1 a run failed or was stopped, 2 bad usage or input; of shared work 75: not yet, try again.`;

/** What `COMMAND --help` prints: what {@link USAGE} has of one command; all of it for a name that it has not. */
export function usageOf(command: string): string {
  const [end, ...rest] = USAGE.split('\n\n').reverse();
  const own = rest.reverse().filter((part) => new RegExp(`^tessera ${command}( |$)`, 'm').test(part));
  return own.length === 0 ? USAGE : [...own, end].join('\n\n');
}
