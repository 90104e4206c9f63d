using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Compile.Models;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Cli.Design;

/// <summary>What the user is told where work on a family of models cannot be done.</summary>
internal static class DesignFailures
{
    /// <summary>The failure of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="workspace">The family.</param>
    /// <param name="question">Limits of a search; null outside of one.</param>
    public static CommandFailedException Of(DesignError error, DesignWorkspace workspace, OptimiseQuestion? question = null) => error switch
    {
        TargetMissing missing => new CommandFailedException(ExitCode.Device, ErrorCodes.NoDevice, error.Message, NextWithout(missing.Target)),
        TargetFailed => new CommandFailedException(
            ExitCode.Device, ErrorCodes.DeviceFailed, error.Message, "Look at the device (attune doctor), then run the same command again: it goes on there."),
        KernelsUntuned untuned =>
            Usage(error, PrintedCommand.Of("design", "proxy", "build", "--space", "FILE", "--device", $"{untuned.Device}", "--tune", "2m")),
        FamilyUnbuildable => new CommandFailedException(
            ExitCode.Model,
            ErrorCodes.UnbuildableSpace,
            error.Message,
            workspace.Space.Build is CommandBuild ? "Run the program by hand; with --allow-programs it is run here." : "attune design space check FILE"),
        AccuracyUnusable accuracy =>
            new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedAccuracy, error.Message, NextAfter(accuracy.Kind, workspace)),
        OptimiserUntrainable =>
            Usage(error, "Use --optimizer evolutionary, or make another device known: attune design proxy build --device local:threads=1 --space FILE"),
        NoDesignFits none => Nothing(none.Answer, question!, workspace.Space),
        AnswerUnbuildable => new CommandFailedException(ExitCode.Model, ErrorCodes.UnbuildableSpace, error.Message, "Run the command again."),
        AnswerUntuned untuned => new CommandFailedException(
            TuneFailures.Of(untuned.Error, new LoadedModel(untuned.Plan.Options.Source!, untuned.Plan.Original, []), untuned.Plan.Options.Output!)),
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    private static CommandFailedException Usage(DesignError error, string next) => new(ExitCode.Usage, ErrorCodes.NothingToLearn, error.Message, next);

    // Drivers list a device, which says nothing about its compiler: the one that was asked for does not count.
    private static string NextWithout(LocalDevice missing)
    {
        string[] others = [.. new[] { TargetKind.Cuda, TargetKind.OpenCl }
            .SelectMany(LocalDevice.Here)
            .Where(profile => profile.Name != missing.Device)
            .Select(profile => $"{LocalDevice.Prefix}:device={profile.Name} ({profile.Description})")];
        return $"Use {string.Join(" or ", others.Prepend($"{LocalDevice.Prefix} (the processors)"))}; attune doctor says what is missing.";
    }

    private static string NextAfter(AccuracyFailure kind, DesignWorkspace workspace) => kind switch
    {
        AccuracyFailure.TooFewLabels => "Label more designs, or use --accuracy zero-cost:capacity, which only ranks.",
        AccuracyFailure.ProgramFailed => $"Run it by hand on one design of {workspace.Folder}.",
        _ => "docs/design.md shows the form.",
    };

    private static CommandFailedException Nothing(OptimiseAnswer answer, OptimiseQuestion question, DesignSpace space) => new(new Failure(
        ExitCode.Gate,
        ErrorCodes.NoDesignFits,
        answer.Fastest is { } fastest
            ? $"No design of '{space.Family}' that was measured meets the limits "
                + $"({Units.Milliseconds(question.BudgetMs)}{(question.PeakBytes is { } peak ? $", {Units.Bytes(peak)} in use" : string.Empty)}); the fastest "
                + $"one takes {Units.Milliseconds(fastest.Ms)}."
            : $"No design of '{space.Family}' runs on the target, so nothing was written.",
        answer.Fastest is null
            ? "attune design space check FILE"
            : $"Use --budget {answer.Fastest.Ms * 1.2:0.##}ms or more, or a family with smaller members."));
}
