// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Numbers of make_policies.py. */
public final class PolicyGolden {

    private PolicyGolden() {}

    public static JsonNode read() throws IOException {
        try (InputStream stream =
                PolicyGolden.class.getResourceAsStream("/policies/policies.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        }
    }

    public static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    public static List<Integer> integers(JsonNode array) {
        List<Integer> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asInt()));
        return values;
    }
}
