using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Objectives;
using Attune.Design.Spaces;
using Attune.Devices;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary>
/// Where accuracies come from: a table, a program of the user, a predictor learned from either, or a ranking that costs nothing and is labelled so.
/// </summary>
internal sealed class AccuracyArguments
{
    private const string Unaware = "The ranking does not know what narrower numbers cost: the fastest precision always wins. Give --sensitivities FILE.csv "
        + "with table: or learned: for losses that were measured.";

    private const string ZeroCost = "zero-cost:";
    private const string Table = "table:";
    private const string Learned = "learned:";
    private readonly Option<string?> accuracy = new("--accuracy")
    {
        Description = "table:FILE.csv (only its designs), learned:FILE.csv (a predictor from its labels), or zero-cost:capacity, zero-cost:flops, "
            + "zero-cost:weights (rankings, no accuracies). Default: zero-cost:capacity.",
        HelpName = "SOURCE",
    };

    private readonly Option<string?> program = new("--accuracy-command")
    {
        Description = "A program that prints {\"accuracy\": number} for {design} (JSON) or {model} (ONNX); a predictor is learned from its answers.",
        HelpName = "COMMAND",
    };
    private readonly Option<int> evaluations = new("--accuracy-evaluations")
    {
        Description = "Designs that the program is asked about before the search.",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };
    private readonly Option<string> limit = new("--accuracy-timeout")
    {
        Description = "Time for one answer of the program.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "60s",
    };

    private readonly Option<string?> sensitivities = new("--sensitivities")
    {
        Description = "FILE.csv with the columns gene, value and loss: what the accuracy of table: or learned: is lower when that part of the network is "
            + "quantised. Losses add up; parts without a line are not quantised.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { accuracy, program, evaluations, limit, sensitivities })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The source.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="workspace">Space, store, machine.</param>
    /// <param name="device">Device whose encoder counts operations.</param>
    /// <param name="seed">Seed of the designs that a program is asked about.</param>
    /// <returns>What a search makes large, and warnings about it.</returns>
    /// <exception cref="CommandFailedException">The source cannot be used.</exception>
    public async Task<ValueSource> ReadAsync(Invocation invocation, DesignWorkspace workspace, Attune.Design.DeviceKey device, int seed)
    {
        string? source = invocation.Value(accuracy);
        StageLosses? losses = Losses(invocation, workspace, source);
        if (invocation.Value(program) is { } command)
        {
            return source is null
                ? await FromProgramAsync(invocation, workspace, command, device, seed)
                : throw new CommandFailedException(
                    ExitCode.Usage, ErrorCodes.BadValue, "--accuracy and --accuracy-command name two sources.", "Give one of them.");
        }

        source ??= ZeroCost + ZeroCostAccuracy.Scores[0];
        if (source.StartsWith(ZeroCost, StringComparison.Ordinal) && ZeroCostAccuracy.Scores.Contains(source[ZeroCost.Length..]))
        {
            var ranking = new ZeroCostAccuracy(source[ZeroCost.Length..], workspace.Session.EncoderOf(device));
            return new ValueSource(
                ValueModel.Of(ranking),
                [
                    $"Designs are ranked by {ranking.Name}: these are no accuracies. Give --accuracy table:FILE.csv or --accuracy-command for real ones.",
                    .. workspace.Space.Genes.Any(gene => StagePrecisions.IsPrecision(gene.Id)) ? (string[])[Unaware] : [],
                ]);
        }

        bool only = source.StartsWith(Table, StringComparison.Ordinal);
        if (!only && !source.StartsWith(Learned, StringComparison.Ordinal))
        {
            string[] forms = [Table + "FILE.csv", Learned + "FILE.csv", .. ZeroCostAccuracy.Scores.Select(score => ZeroCost + score)];
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"'{source}' is no source of accuracies.{(NearMiss.Find(source, forms) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use --accuracy {string.Join(", --accuracy ", forms)}.");
        }

        var sources = new ValueSources(workspace, losses);
        string path = source[(source.IndexOf(':') + 1)..];
        return (only ? sources.Table(path) : sources.LearnedFrom(path)).OrThrow(error => DesignFailures.Of(error, workspace));
    }

    private StageLosses? Losses(Invocation invocation, DesignWorkspace workspace, string? source)
    {
        if (invocation.Value(sensitivities) is not { } path)
        {
            return null;
        }

        if (source is null || source.StartsWith(ZeroCost, StringComparison.Ordinal))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "--sensitivities are losses of accuracies of designs in floats, and no table: or learned: gives those.",
                "Give --accuracy table:FILE.csv or --accuracy learned:FILE.csv; a program of --accuracy-command judges quantised designs itself.");
        }

        using StreamReader reader = File.OpenText(path);
        return StageLosses.Read(reader, Path.GetFileName(path), workspace.Space).OrThrow(problem => new CommandFailedException(
            ExitCode.Model, ErrorCodes.MalformedAccuracy, $"{problem}.", "docs/guide/spaces.md shows the form; --precisions f32,i8 gives every stage a gene."));
    }

    private async Task<ValueSource> FromProgramAsync(Invocation invocation, DesignWorkspace workspace, string command, Attune.Design.DeviceKey device, int seed)
    {
        TimeSpan time = Budget.Duration(invocation.Value(limit)!) ?? throw new CommandFailedException(
            ExitCode.Usage, ErrorCodes.BadValue, $"'{invocation.Value(limit)}' is no duration.", "Write --accuracy-timeout 60s.");
        ImmutableArray<string> words = CommandWords.Split(command);
        if (words.IsEmpty || !words.Any(word => word.Contains("{design}") || word.Contains("{model}")))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "--accuracy-command names neither {design} nor {model}, so the program would not know what to judge.",
                "Write --accuracy-command \"python3 judge.py {design}\".");
        }

        Result<ValueSource, DesignError> source = await new ValueSources(workspace).FromProgramAsync(
            words,
            time,
            invocation.Value(evaluations),
            device,
            seed,
            (done, all, without) =>
                invocation.Progress.Report($"design  {done} of {all} accuracies asked for{(without == 0 ? string.Empty : $", {without} without answer")}"),
            invocation.Cancellation);
        return source.OrThrow(error => DesignFailures.Of(error, workspace));
    }
}
