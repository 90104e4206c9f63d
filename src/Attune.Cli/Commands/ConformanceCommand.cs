using System.CommandLine;
using Attune.Cli.Output;
using Attune.Graph.Conformance;

namespace Attune.Cli.Commands;

/// <summary><c>attune conformance</c>: runs tests in ONNX's backend-test layout with the reference kernels.</summary>
internal sealed class ConformanceCommand : CliCommand
{
    private const int MostFailuresShown = 50;

    private readonly Argument<string> folder = new("DIR") { Description = "A test's folder, or a folder of such folders." };
    private readonly Option<bool> all = new("--all") { Description = "List every test, not only those that did not pass." };

    public ConformanceCommand()
        : base("conformance", "Run a folder of tests in ONNX's backend-test layout.", "attune conformance /usr/share/libonnx-testdata/data/node")
    {
        Command.Arguments.Add(folder);
        Command.Options.Add(all);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        int done = 0;
        ConformanceReport report = ConformanceRunner.Run(invocation.Value(folder)!, verdict =>
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            invocation.Progress.Report($"conformance  {++done} tests, now {verdict.Test}");
        });
        if (report.Verdicts.IsEmpty)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.NoConformanceTests,
                $"'{invocation.Value(folder)}' holds no tests: no folder with a model.onnx.",
                "Install Debian's package libonnx-testdata and run: attune conformance /usr/share/libonnx-testdata/data/node");
        }

        bool everything = invocation.Value(all);
        ConformanceVerdict[] failed = [.. report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Failed)];
        var data = new
        {
            report.Passed,
            report.Failed,
            report.Unsupported,
            UnsupportedOperators = report.UnsupportedOperators.Select(entry => new { entry.Operator, entry.Tests }),
            Failures = failed.Select(verdict => new { verdict.Test, verdict.Reason }),
            Tests = everything ? report.Verdicts.Select(verdict => new { verdict.Test, verdict.Status, verdict.Operator, verdict.Reason, verdict.MaxError }) : null,
        };
        return Task.FromResult(new CommandResult(data, console =>
        {
            foreach (ConformanceVerdict verdict in everything ? [.. report.Verdicts] : failed.Take(MostFailuresShown))
            {
                console.Line(verdict.ToString());
            }

            if (!report.UnsupportedOperators.IsEmpty)
            {
                console.Line($"unsupported: {string.Join(", ", report.UnsupportedOperators.Select(entry => $"{entry.Operator} {entry.Tests}"))}");
            }

            console.Line($"{report.Passed} passed, {report.Failed} failed, {report.Unsupported} unsupported");
        })
        {
            Failure = failed.Length == 0
                ? null
                : new Failure(ExitCode.Gate, ErrorCodes.ConformanceFailed, $"{failed.Length} of {report.Verdicts.Length} tests gave a wrong result.", "Look at the first failure's reason above."),
        });
    }
}
