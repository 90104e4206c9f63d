using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Compile.Conformance;
using Attune.Graph.Conformance;

namespace Attune.Cli.Conformance;

/// <summary>
/// <c>attune conformance</c>: runs tests in ONNX's backend-test layout with the reference kernels and, at every vector width, with compiled ones.
/// </summary>
internal sealed class ConformanceCommand : CliCommand
{
    private const int MaxFailuresShown = 50;

    private readonly Argument<string> folder = new("DIR") { Description = "A test's folder, or a folder of such folders." };
    private readonly Option<bool> all = new("--all") { Description = "List every test, not only those that did not pass." };
    private readonly Option<string> kernels = new("--kernels")
    {
        Description = "Which kernels compute: reference, compiled (at every vector width of this machine), or both.",
        HelpName = "KIND",
        DefaultValueFactory = _ => ConformancePaths.Both,
    };

    public ConformanceCommand()
        : base(
            "conformance",
            "Run a folder of tests in ONNX's backend-test layout.",
            "attune conformance /usr/share/libonnx-testdata/data/node",
            "attune conformance tests/my_model --kernels compiled --all")
    {
        Command.Arguments.Add(folder);
        Command.Options.Add(kernels);
        Command.Options.Add(all);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        ImmutableArray<string> paths = [.. ConformancePaths.Of(invocation.Value(kernels)!).Select(path => path.Name)];
        ImmutableArray<ConformanceCase> tests = ConformanceCase.Find(invocation.Value(folder)!);
        if (tests.IsEmpty)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.NoConformanceTests,
                $"'{invocation.Value(folder)}' holds no tests: no folder with a model.onnx.",
                "Install Debian's package libonnx-testdata and run: attune conformance /usr/share/libonnx-testdata/data/node");
        }

        int done = 0;
        ConformanceReport report = await new ConformanceCrew(ConformanceWorkerCommand.CommandLine(), invocation.Clock).RunAsync(
            tests,
            paths,
            verdict =>
                invocation.Progress.Report(
                    $"conformance  {Interlocked.Increment(ref done)} of {tests.Length * paths.Length}, now {verdict.Test} ({verdict.Path})"),
            invocation.Cancellation);
        return Result(report, invocation.Value(all));
    }

    private static CommandResult Result(ConformanceReport report, bool everything)
    {
        ConformanceVerdict[] failed = [.. report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Failed)];
        var data = new
        {
            report.Passed,
            report.Failed,
            report.Unsupported,
            Paths = report.Paths.Select(path => new
            {
                path.Path,
                path.Report.Passed,
                path.Report.WithKernels,
                path.Report.Failed,
                path.Report.Unsupported,
                UnsupportedOperators = path.Report.UnsupportedOperators.Select(entry => new { entry.Operator, entry.Tests }),
            }),
            Failures = failed.Select(verdict => new { verdict.Test, verdict.Path, verdict.Reason }),
            Tests = everything
                ? report.Verdicts.Select(
                    verdict => new { verdict.Test, verdict.Path, verdict.Status, verdict.Operator, verdict.Reason, verdict.MaxError, verdict.Kernels })
                : null,
        };
        return new CommandResult(data, console =>
        {
            foreach (ConformanceVerdict verdict in everything ? [.. report.Verdicts] : failed.Take(MaxFailuresShown))
            {
                console.Line(verdict.ToString());
            }

            // Widths lack the same operators, so that one list for the compiled paths is enough.
            foreach ((string path, ConformanceReport of) in report.Paths.DistinctBy(
                entry => string.Join(',', entry.Report.UnsupportedOperators)).Where(entry => entry.Report.Unsupported > 0))
            {
                console.Line($"unsupported ({path}): {string.Join(", ", of.UnsupportedOperators.Select(entry => $"{entry.Operator} {entry.Tests}"))}");
            }

            foreach ((string path, ConformanceReport of) in report.Paths)
            {
                string generated = of.WithKernels > 0 ? $" ({of.WithKernels} with generated kernels)" : string.Empty;
                console.Line($"{path}: {of.Passed} passed{generated}, {of.Failed} failed, {of.Unsupported} unsupported");
            }
        })
        {
            Failure = failed.Length == 0
                ? null
                : new Failure(
                    ExitCode.Gate,
                    ErrorCodes.ConformanceFailed,
                    $"{failed.Select(verdict => verdict.Test).Distinct(StringComparer.Ordinal).Count()} of "
                    + $"{report.Verdicts.Select(verdict => verdict.Test).Distinct(StringComparer.Ordinal).Count()} tests gave a wrong result.",
                    "Look at the first failure's reason above."),
        };
    }
}
