// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.execution.LocalExecutionControlProvider;

/**
 * Java as a notebook or {@code jshell} takes it: snippets one after another, each knowing those
 * before it. They run inside this process, so that ND4J is loaded once.
 */
public final class JavaShell implements AutoCloseable {

    /** What a {@code display(thing, types...)} of a snippet was given. */
    public record Displayed(Object thing, List<String> types) {}

    private static final List<Displayed> DISPLAYED = new ArrayList<>();

    private final JShell shell;

    private JavaShell(JShell shell) {
        this.shell = shell;
    }

    /**
     * A shell on the class path of the tests.
     *
     * @param prelude snippets that run first
     */
    public static JavaShell open(String... prelude) {
        JShell shell =
                JShell.builder()
                        .executionEngine(new LocalExecutionControlProvider(), Map.of())
                        .build();
        shell.addToClasspath(System.getProperty("java.class.path"));
        JavaShell opened = new JavaShell(shell);
        for (String snippet : prelude) {
            opened.run(snippet);
        }
        return opened;
    }

    /** What snippets call; a notebook's kernel has a method of this name. */
    public static void display(Object thing, String... types) {
        DISPLAYED.add(new Displayed(thing, List.of(types)));
    }

    /** What was displayed since this was asked last. */
    public List<Displayed> displayed() {
        List<Displayed> all = List.copyOf(DISPLAYED);
        DISPLAYED.clear();
        return all;
    }

    /**
     * Runs code.
     *
     * @return what it printed
     * @throws AssertionError if it does not compile, or throws; shows the code
     */
    public String run(String code) {
        PrintStream usual = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            String rest = code;
            while (!rest.isBlank()) {
                CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
                if (!next.completeness().isComplete()) {
                    // a comment alone is nothing to run
                    if (next.completeness() == SourceCodeAnalysis.Completeness.EMPTY) {
                        break;
                    }
                    throw new AssertionError("not whole: " + rest);
                }
                for (SnippetEvent event : shell.eval(next.source())) {
                    check(event, next.source());
                }
                rest = next.remaining();
            }
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private void check(SnippetEvent event, String code) {
        if (event.status() == Snippet.Status.REJECTED) {
            throw new AssertionError(
                    shell.diagnostics(event.snippet())
                                    .map(problem -> problem.getMessage(Locale.ROOT))
                                    .collect(Collectors.joining("\n"))
                            + "\nin: "
                            + code);
        }
        JShellException exception = event.exception();
        if (exception != null) {
            String type =
                    exception instanceof EvalException thrown
                            ? thrown.getExceptionClassName() + ": "
                            : "";
            throw new AssertionError(type + exception.getMessage() + "\nin: " + code, exception);
        }
    }

    @Override
    public void close() {
        shell.close();
    }
}
