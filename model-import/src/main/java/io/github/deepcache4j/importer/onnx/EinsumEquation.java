// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The equation of an Einstein summation, an ellipsis written out: letters are labels, and so are
 * negative numbers, which count the axes of an ellipsis from its end.
 *
 * @param operands a label for each axis of each operand
 * @param result a label for each axis of the result
 */
record EinsumEquation(List<List<Integer>> operands, List<Integer> result) {

    static EinsumEquation parse(Emission e, String text, List<Integer> ranks) {
        String equation = text.replace(" ", "");
        String[] sides = equation.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        if (sides.length > 2
                || terms.length != ranks.size()
                || !equation.matches("([A-Za-z,]|\\.\\.\\.|->)*")) {
            throw e.refuse("attribute equation=" + text + " does not fit its operands");
        }
        List<List<Integer>> operands = new ArrayList<>();
        int ellipsis = 0;
        for (int i = 0; i < terms.length; i++) {
            int letters = terms[i].replace("...", "").length();
            int hidden = ranks.get(i) - letters;
            if (hidden < 0 || (hidden > 0 && !terms[i].contains("..."))) {
                throw e.refuse(
                        "attribute equation="
                                + text
                                + " does not fit an operand of rank "
                                + ranks.get(i));
            }
            ellipsis = Math.max(ellipsis, hidden);
            operands.add(labels(terms[i], hidden));
        }
        List<Integer> result =
                sides.length == 2 ? labels(sides[1], ellipsis) : implicit(operands, ellipsis);
        Set<Integer> known = new HashSet<>();
        operands.forEach(known::addAll);
        if (!known.containsAll(result) || new HashSet<>(result).size() < result.size()) {
            throw e.refuse(
                    "attribute equation=" + text + " has a result of unknown or double labels");
        }
        return new EinsumEquation(operands, result);
    }

    private static List<Integer> labels(String term, int hidden) {
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < term.length(); i++) {
            if (term.charAt(i) == '.') {
                for (int axis = hidden; axis > 0; axis--) {
                    labels.add(-axis);
                }
                i += 2;
            } else {
                labels.add((int) term.charAt(i));
            }
        }
        return labels;
    }

    /** Without an arrow: the ellipsis, then the letters that occur once, in alphabetical order. */
    private static List<Integer> implicit(List<List<Integer>> operands, int ellipsis) {
        TreeMap<Integer, Integer> uses = new TreeMap<>();
        operands.forEach(labels -> labels.forEach(label -> uses.merge(label, 1, Integer::sum)));
        List<Integer> result = new ArrayList<>(labels("...", ellipsis));
        uses.forEach(
                (label, count) -> {
                    if (label > 0 && count == 1) {
                        result.add(label);
                    }
                });
        return result;
    }
}
