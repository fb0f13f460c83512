// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.Locale;

/** Numbers written for people, the same in every locale. */
public final class Amount {

    private static final String[] UNITS = {"", " k", " M", " G", " T"};

    private Amount() {}

    /** Four digits and a decimal unit, such as {@code 6.054 G}. */
    public static String of(long number) {
        double value = number;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = unit == 0 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
        return fixed(value, decimals) + UNITS[unit];
    }

    /** A share of 1, such as {@code 12.5 %}. */
    public static String percent(double share) {
        return fixed(100 * share, 1) + " %";
    }

    /** With so many digits after the point. */
    public static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Three digits and a power of ten. */
    public static String error(double value) {
        return String.format(Locale.ROOT, "%.2e", value);
    }
}
