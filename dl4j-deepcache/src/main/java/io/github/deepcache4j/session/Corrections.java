// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.ChannelAffine;
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.policy.Policy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channel-affine corrections of a session, as arrays made once. */
final class Corrections implements AutoCloseable {

    private final Map<Integer, ChannelAffine> steps = new HashMap<>();

    private Corrections() {}

    static Corrections of(Policy policy, @Nullable CorrectionTable table) {
        boolean wanted = policy.correction() == Policy.Correction.CHANNEL_AFFINE;
        if (wanted != (table != null)) {
            throw new IllegalArgumentException(
                    wanted
                            ? "the policy "
                                    + policy.tag()
                                    + " corrects channels ('affine') by a table that calibration"
                                    + " finds; run `deepcache calibrate` and give its file"
                            : "a table of corrections for the policy "
                                    + policy.tag()
                                    + ", which has no 'affine'");
        }
        Corrections corrections = new Corrections();
        if (table != null) {
            table.steps()
                    .forEach(
                            (step, line) ->
                                    corrections.steps.put(
                                            step,
                                            ChannelAffine.of(
                                                    line.scale(), line.shift(), table.axis())));
        }
        return corrections;
    }

    Blend apply(Blend forecast, int step) {
        ChannelAffine map = steps.get(step);
        return map == null ? forecast : forecast.corrected(map);
    }

    @Override
    public void close() {
        steps.values().forEach(ChannelAffine::close);
        steps.clear();
    }
}
