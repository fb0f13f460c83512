// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.factory.Nd4j;

/** Versions of what takes part in a run. */
final class Versions {

    static final String DEEPCACHE = "0.1.0-SNAPSHOT";

    private Versions() {}

    static Map<String, String> all() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("dl4j-deepcache", DEEPCACHE);
        versions.put("nd4j", of(Nd4j.class));
        versions.put("onnxruntime", of(ai.onnxruntime.OrtEnvironment.class));
        versions.put("java", Runtime.version().toString());
        return versions;
    }

    private static String of(Class<?> type) {
        String declared = type.getPackage().getImplementationVersion();
        if (declared != null) {
            return declared;
        }
        // not in the manifest: the jar's name has it
        String jar = Objects.toString(type.getProtectionDomain().getCodeSource().getLocation(), "");
        return jar.replaceFirst(".*/", "")
                .replaceFirst("^[a-z0-9]+(-api)?-", "")
                .replace(".jar", "");
    }
}
