// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code deepcache} command: parses arguments, runs a subcommand, gives its exit status. */
@Command(
        name = "deepcache",
        mixinStandardHelpOptions = true,
        version = "deepcache 0.1.0-SNAPSHOT",
        sortOptions = false,
        description = "DeepCache for diffusion U-Nets on the JVM: images several times faster.",
        footer = "%nExit status: 0 done, 1 the answer is no, 2 wrong use or unreadable input.",
        subcommands = {
            DemoCommand.class,
            InspectCommand.class,
            TransformCommand.class,
            VerifyCommand.class,
            SampleCommand.class,
            CompareCommand.class,
            CalibrateCommand.class,
            BenchCommand.class,
            TrainCommand.class,
            DoctorCommand.class
        })
public final class DeepCacheCommand implements Runnable {

    /** The answer is no. */
    static final int NO = 1;

    /** Wrong use or unreadable input. */
    static final int WRONG_USE = 2;

    private static final int HELP_WIDTH = 100;

    private static final List<String> VERBOSE = List.of("-v", "--verbose");

    @Spec private @Nullable CommandSpec spec;

    // looked for before parsing, see isVerbose
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "On an error, show its causes; write more to the log.")
    private boolean verbose;

    @Option(
            names = "--threads",
            paramLabel = "K",
            scope = ScopeType.INHERIT,
            description = "Processor threads to use; default all cores.")
    private @Nullable Integer threads;

    /** Picocli makes it. */
    DeepCacheCommand() {}

    /** Runs the command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        if (isVerbose(arguments)) {
            System.setProperty("deepcache.log.level", "INFO");
        }
        System.setProperty("java.awt.headless", "true");
        Charset charset = Charset.defaultCharset();
        PrintWriter out = new PrintWriter(System.out, true, charset);
        PrintWriter err = new PrintWriter(System.err, true, charset);
        System.exit(run(out, err, arguments));
    }

    /**
     * Runs the command.
     *
     * @param out results
     * @param err progress, notes and errors
     * @return exit status
     */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        DeepCacheCommand root = new DeepCacheCommand();
        boolean verbose = isVerbose(arguments);
        CommandLine command =
                new CommandLine(root)
                        .setOut(out)
                        .setErr(err)
                        .setUsageHelpWidth(HELP_WIDTH)
                        .registerConverter(Shape.class, DeepCacheCommand::shape)
                        .setParameterExceptionHandler(
                                (failure, given) -> report(err, failure, verbose))
                        .setExecutionExceptionHandler(
                                (failure, line, parsed) -> report(err, failure, verbose))
                        .setExecutionStrategy(
                                parsed -> {
                                    requireDevice(parsed);
                                    root.applyThreads();
                                    return new CommandLine.RunLast().execute(parsed);
                                });
        try {
            return command.execute(arguments);
        } catch (Error | RuntimeException failure) {
            return report(err, failure, verbose);
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no command given; choose one of "
                            + String.join(", ", spec.subcommands().keySet())
                            + " (deepcache --help)");
        }
    }

    private void applyThreads() {
        if (threads != null) {
            if (threads < 1) {
                // picocli hands no other exception from here to our handlers
                throw new ParameterException(
                        Objects.requireNonNull(spec).commandLine(),
                        "--threads " + threads + " is not a positive number");
            }
            Threads.limit(threads);
        }
    }

    /** Before anything loads ND4J. */
    private static void requireDevice(CommandLine.ParseResult parsed) {
        if (parsed.hasSubcommand() && !parsed.subcommand().isUsageHelpRequested()) {
            CudaDevices.fault()
                    .ifPresent(
                            fault -> {
                                throw new ParameterException(
                                        parsed.commandSpec().commandLine(), fault);
                            });
        }
    }

    private static Shape shape(String text) {
        try {
            return Shape.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    private static int report(PrintWriter err, Throwable failure, boolean verbose) {
        err.println(ErrorLine.of(failure));
        if (verbose) {
            failure.printStackTrace(err);
        }
        return WRONG_USE;
    }

    /** Looked for before parsing, since parsing is what may fail. */
    private static boolean isVerbose(String[] arguments) {
        return Arrays.stream(arguments).anyMatch(VERBOSE::contains);
    }
}
