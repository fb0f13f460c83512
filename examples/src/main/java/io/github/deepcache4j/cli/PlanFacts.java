// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.plan.CachePlan;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan's fields by name, as {@code plan.json} has them. */
final class PlanFacts {

    private PlanFacts() {}

    static Map<String, Object> of(CachePlan plan) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("branch", plan.branch());
        fields.put("merge", plan.merge());
        fields.put("skip", plan.skip());
        fields.put("boundary", plan.boundary());
        fields.put("boundaryShape", plan.boundaryShape().toString());
        fields.put("output", plan.output());
        fields.put("fullMacs", plan.fullMacs());
        fields.put("cachedMacs", plan.cachedMacs());
        return fields;
    }
}
