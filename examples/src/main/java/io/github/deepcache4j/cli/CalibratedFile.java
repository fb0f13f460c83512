// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.calibration.PolicyFile;
import io.github.deepcache4j.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;

/** The file of a policy that was calibrated here, with all that it depends on. */
final class CalibratedFile {

    private CalibratedFile() {}

    /**
     * The file.
     *
     * @param calibration by which the calibration images were sampled
     */
    static PolicyFile of(FittedPolicy fitted, Pipeline calibration, Engine engine) {
        Map<String, Object> images = images(calibration.settings());
        images.put("engine", engine.name());
        images.put("versions", Versions.all());
        return new PolicyFile(fitted, PolicyChoice.facts(calibration), images);
    }

    /** What the file says of the calibration images. */
    static Map<String, Object> images(SamplingSettings settings) {
        Map<String, Object> images = new LinkedHashMap<>();
        images.put("seed", settings.seed());
        images.put("count", settings.count());
        images.put("classes", settings.classes());
        return images;
    }
}
