// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Changes of type. Half precision stays f32: it is computed in f32 from end to end. */
final class CastOps {

    private CastOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Cast", CastOps::cast, "CastLike", CastOps::castLike);
    }

    private static List<SDVariable> cast(Emission e) {
        e.ignore("saturate", "round_mode");
        int to = Math.toIntExact(e.integer("to", 0));
        return List.of(
                to(
                        e,
                        OnnxTensors.type(to)
                                .orElseThrow(() -> e.refuse(OnnxTensors.unsupported(to)))));
    }

    private static List<SDVariable> castLike(Emission e) {
        e.ignore("saturate", "round_mode");
        return List.of(to(e, e.type(1)));
    }

    private static SDVariable to(Emission e, DataType type) {
        return type == e.type(0) ? e.in(0) : e.in(0).castTo(type);
    }
}
