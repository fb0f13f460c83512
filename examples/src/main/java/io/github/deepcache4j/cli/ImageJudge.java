// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.metrics.Accuracy;
import io.github.deepcache4j.metrics.ExtractedFeatures;
import io.github.deepcache4j.metrics.FeatureStatistics;
import io.github.deepcache4j.metrics.FrechetDistance;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import picocli.CommandLine.Option;

/** What a classifier says of the images of a run, if there is one. */
final class ImageJudge implements AutoCloseable {

    /** Which classifier. */
    static final class Options {

        @Option(
                names = "--classifier",
                paramLabel = "PATH",
                description = {
                    "Folder with a classifier's model.onnx (image -> logits, features) and, for the",
                    "Fréchet distance, statistics.npz (mean, covariance) of real images; default:",
                    "the folder classifier beside the model, if there is one."
                })
        private @Nullable Path classifier;

        /** The classifier's folder; empty if there is none. */
        Optional<Path> folder(Path model) {
            if (classifier != null) {
                return Optional.of(classifier);
            }
            return Optional.of(model.resolve("classifier")).filter(Files::isDirectory);
        }
    }

    private final OnnxClassifier classifier;
    private final List<Integer> classes;
    private @Nullable FeatureStatistics reference;

    private ImageJudge(
            OnnxClassifier classifier,
            List<Integer> classes,
            @Nullable FeatureStatistics reference) {
        this.classifier = classifier;
        this.classes = classes;
        this.reference = reference;
    }

    /**
     * Reads the classifier.
     *
     * @param sample shape of the model's samples
     */
    static ImageJudge open(Path folder, Shape sample, SamplingSettings settings)
            throws IOException {
        boolean file = !Files.isDirectory(folder);
        Path network = file ? folder : folder.resolve("model.onnx");
        if (!Files.exists(network)) {
            throw new UserError("--classifier: there is no " + network);
        }
        Shape image = new Shape(sample.sizes().subList(1, sample.rank()));
        Path statistics = network.resolveSibling("statistics.npz");
        return new ImageJudge(
                OnnxClassifier.read(network, image, settings.count()),
                settings.classes(),
                Files.exists(statistics) ? statistics(statistics) : null);
    }

    private static FeatureStatistics statistics(Path file) throws IOException {
        Map<String, INDArray> arrays = NpzFile.read(file);
        INDArray mean = arrays.get("mean");
        INDArray covariance = arrays.get("covariance");
        if (mean == null || covariance == null) {
            throw new UserError(
                    file + ": needs arrays mean and covariance; it holds " + arrays.keySet());
        }
        return FeatureStatistics.of(mean, covariance);
    }

    /**
     * What it says of a run.
     *
     * @param frechet squared distance to the real images, or to the first images it was shown if
     *     there are no statistics of real ones; empty for one image, which has no covariance
     * @param accuracy empty if the images were not conditioned on classes
     */
    record Verdict(OptionalDouble frechet, OptionalDouble accuracy) {}

    /** Looks at the samples of a run; the uncached one comes first. */
    Verdict judge(INDArray samples) {
        ExtractedFeatures seen = classifier.extract(clipped(samples));
        OptionalDouble frechet = OptionalDouble.empty();
        if (samples.size(0) > 1) {
            FeatureStatistics statistics = FeatureStatistics.of(seen.features());
            if (reference == null) {
                reference = statistics;
            }
            frechet = OptionalDouble.of(FrechetDistance.between(reference, statistics));
        }
        return new Verdict(frechet, accuracy(seen.classes()));
    }

    private OptionalDouble accuracy(int[] seen) {
        if (classes.isEmpty()) {
            return OptionalDouble.empty();
        }
        int[] wanted = new int[seen.length];
        for (int image = 0; image < wanted.length; image++) {
            wanted[image] = classes.get(image % classes.size());
        }
        return OptionalDouble.of(Accuracy.of(seen, wanted));
    }

    /** As they are when they are saved. */
    private static INDArray clipped(INDArray samples) {
        return Transforms.min(Transforms.max(samples, -1), 1);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
