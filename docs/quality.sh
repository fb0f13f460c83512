#!/bin/sh
# Writes docs/quality.md: plain DeepCache against policies at equal multiply-accumulates.
#
#     docs/quality.sh [IMAGES] [FRECHET_IMAGES]
#
# 200 images, and 2000 for the Fréchet distance, unless told otherwise: hours on two cores. Every part keeps its tables in a folder of target/quality and is not run
# again while they are there, so that an interrupted run goes on where it was. DEEPCACHE_RUN is put before the one command whose times count, for instance to wait
# until the machine is idle. QUALITY_POLICIES are the policies, the recommended one last; QUALITY_CALIBRATION are options of `deepcache compare` for how they are
# calibrated: on other seeds, and on images without a class (label 10), which are not measured. QUALITY_THREADS is the number of threads, default all cores; where
# the process is pinned to fewer cores than it has threads, every step waits for the scheduler, ten times slower for small nets.
set -eu

images=${1:-200}
frechet=${2:-2000}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/target/quality/$images-$frechet
model=examples/models/mnist-unet
fixtures=model-import/src/test/fixtures/unets
policies=${QUALITY_POLICIES:-newton2,recommended}
best=${policies##*,}
even=${policies%%,*}
calibration=${QUALITY_CALIBRATION:-}
threads=${QUALITY_THREADS:-$(nproc)}
run=
page=$work/quality.md
cd "$root"
mkdir -p "$work"

# part NAME ARGUMENT...: one comparison, kept in $work/NAME
part() {
    name=$1
    shift
    if [ ! -e "$work/$name/table.md" ]; then
        # shellcheck disable=SC2086
        $run examples/deepcache compare "$@" --threads "$threads" --out "$work/$name.part" --json "$work/$name.json" >"$work/$name.log"
        mv "$work/$name.part" "$work/$name"
    fi
}

digits="--class 0,1,2,3,4,5,6,7,8,9 --seed 0 --calibration-class 10 $calibration"
# shellcheck disable=SC2086
{
    part ddim "$model" $digits --count "$images" --samplers ddim:50 --policies "$policies"
    part dpm "$model" $digits --count "$images" --samplers dpm++:25 --policies "$policies"
    recommended=$(ls "$work/dpm/policies/"*-N5b2.*.json)
    part frechet "$model" $digits --count "$frechet" --samplers dpm++:25 --intervals 5 --branches 2 --policies "$recommended" --precision bf16
    part sd "$fixtures/sd.ts17.onnx" --inputs "$fixtures/sd.npz" --count 2 --policies "$policies" --calibration-count 2 $calibration
    part ddpm "$fixtures/ddpm.ts14.onnx" --shape sample=4x3x16x16 --count 4 --policies "$policies" --calibration-count 8 $calibration
    files=$(ls "$work/ddim/policies/"*.json | paste -sd , -)
    run=${DEEPCACHE_RUN:-}
    threads=$(nproc)
    part times "$model" $digits --count 16 --samplers ddim:50 --policies "${policies%,*},$files"
}

# columns NAME COLUMN...: of a table, those columns only
columns() {
    name=$1
    shift
    awk -F' [|] ' -v wanted="$*" '
        { sub(/^[|] /, ""); sub(/ [|]$/, "") }
        NR == 1 { count = split(wanted, names, ","); for (i = 1; i <= NF; i++) place[$i] = i }
        NR == 2 { line = "|"; for (i = 1; i <= count; i++) line = line "---|"; print line; next }
        { line = "|"; for (i = 1; i <= count; i++) line = line " " $place[names[i]] " |"; print line }' "$work/$name/table.md"
}
results="branch,N,policy,full,cached,MACs,PSNR dB,SSIM,rel. L2,Fréchet,accuracy"

# gains NAME: PSNR of the recommended policy over plain reuse, and over the first policy, from a table
gains() {
    awk -F, -v best="$best" -v even="$even" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["policy"] == "plain" { plain[$column["branch"] "|" $column["interval"]] = $column["psnr"] }
        $column["policy"] == even { other[$column["branch"] "|" $column["interval"]] = $column["psnr"] }
        $column["policy"] == best {
            key = $column["branch"] "|" $column["interval"]
            psnr = $column["psnr"]
            printf "| %s | %s | %.1f | %.1f | %.1f | %+.1f | %+.1f |\n", $column["branch"], $column["interval"], plain[key], other[key], psnr, psnr - plain[key], psnr - other[key]
        }' "$work/$1/compare.csv"
}

{
    cat <<TEXT
# Quality

What caching costs in quality, and how much of that policies give back at the same multiply-accumulates. Written by \`docs/quality.sh $images $frechet\`.

## How it is measured
\`deepcache compare\` samples the same seeds uncached, by plain DeepCache (uniform full steps, the boundary reused as it is), and by each policy. PSNR (peak 2, clipped to
[-1, 1], error pooled over all images) and SSIM compare with the uncached images. The Fréchet distance is that of a digit classifier's 64 features to 10,000 real digits
(the square, as for FID; it depends on the number of images, so compare within a table only), accuracy is the share of digits that it recognises. MACs are shares of the uncached run.
\`recommended\` is calibrated for this sampler on other seeds and on images without a class; it may take other branches and more full steps than plain DeepCache in
the row above it, but never more MACs (the policies it found are kept beside the tables). Calibration options: \`${calibration:-defaults}\`.

What follows from it: [policies.md](policies.md#what-it-is-worth).

## Gain of \`$best\` over plain DeepCache: mnist-unet, DDIM 50
| branch | N | plain, dB | \`$even\`, dB | \`$best\`, dB | over plain, dB | over \`$even\`, dB |
|---|---|---|---|---|---|---|
$(gains ddim)

## The same, DPM-Solver++ 25
| branch | N | plain, dB | \`$even\`, dB | \`$best\`, dB | over plain, dB | over \`$even\`, dB |
|---|---|---|---|---|---|---|
$(gains dpm)

## mnist-unet, DDIM 50, $images images
$(columns ddim "$results")

## mnist-unet, DPM-Solver++ 25, $images images
$(columns dpm "$results")

## Time: mnist-unet, DDIM 50, a batch of 16
On $threads threads, each policy once, one after the other in one process: the same run differs by a tenth or two from time to time. A policy is named by the file that the recommended one of the first table was kept in.

$(columns times "branch,N,policy,full,cached,MACs,predicted,speed-up,ms/image,PSNR dB")

## Fréchet distance of $frechet images, DPM-Solver++ 25, bf16
$(columns frechet "$results")

## Architectures with random weights: DDIM 50
Networks that learned nothing: what they show is that the graph surgery and the forecasts work on other architectures, not how good pictures are.
The DDPM net maps noise to noise: any error, also that of N = 2, leads its 50 steps to another picture, so its numbers say little.

### Stable Diffusion (cross-attention, 4 latent channels), 2 samples
$(columns sd "branch,N,policy,full,cached,MACs,RMS,rel. L2")

### DDPM, 4 samples
$(columns ddpm "branch,N,policy,full,cached,MACs,RMS,rel. L2")
TEXT
} >"$page"
mv "$page" docs/quality.md
echo "wrote docs/quality.md"
