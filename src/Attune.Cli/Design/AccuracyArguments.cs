using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Objectives;
using Attune.Design.Spaces;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary>Where accuracies come from: a table, a program of the user, a predictor learned from either, or a ranking that costs nothing and is labelled so.</summary>
internal sealed class AccuracyArguments
{
    private const string ZeroCost = "zero-cost:";
    private const string Table = "table:";
    private const string Learned = "learned:";
    private readonly Option<string?> accuracy = new("--accuracy")
    {
        Description = "table:FILE.csv (only its designs), learned:FILE.csv (a predictor from its labels), or zero-cost:capacity, zero-cost:flops, zero-cost:weights (rankings, no accuracies). Default: zero-cost:capacity.",
        HelpName = "SOURCE",
    };

    private readonly Option<string?> program = new("--accuracy-command") { Description = "A program that prints {\"accuracy\": number} for {design} (JSON) or {model} (ONNX); a predictor is learned from its answers.", HelpName = "COMMAND" };
    private readonly Option<int> evaluations = new("--accuracy-evaluations") { Description = "Designs that the program is asked about before the search.", HelpName = "N", DefaultValueFactory = _ => 60 };
    private readonly Option<string> limit = new("--accuracy-timeout") { Description = "Time for one answer of the program.", HelpName = "TIME", DefaultValueFactory = _ => "60s" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { accuracy, program, evaluations, limit })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The source.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="site">Space, store, machine.</param>
    /// <param name="device">Device whose encoder counts operations.</param>
    /// <param name="seed">Seed of the designs that a program is asked about.</param>
    /// <returns>What a search makes large, and warnings about it.</returns>
    /// <exception cref="CommandFailedException">The source cannot be used.</exception>
    public async Task<(ValueModel Value, ImmutableArray<string> Warnings)> ReadAsync(Invocation invocation, DesignSite site, Attune.Design.DeviceKey device, int seed)
    {
        string? source = invocation.Value(accuracy);
        if (invocation.Value(program) is { } command)
        {
            return source is null
                ? await FromProgramAsync(invocation, site, command, device, seed)
                : throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, "--accuracy and --accuracy-command name two sources.", "Give one of them.");
        }

        source ??= ZeroCost + ZeroCostAccuracy.Scores[0];
        if (source.StartsWith(ZeroCost, StringComparison.Ordinal) && ZeroCostAccuracy.Scores.Contains(source[ZeroCost.Length..]))
        {
            var ranking = new ZeroCostAccuracy(source[ZeroCost.Length..], site.Session.EncoderOf(device));
            return (ValueModel.Of(ranking), [$"Designs are ranked by {ranking.Name}: these are no accuracies. Give --accuracy table:FILE.csv or --accuracy-command for real ones."]);
        }

        bool only = source.StartsWith(Table, StringComparison.Ordinal);
        if (!only && !source.StartsWith(Learned, StringComparison.Ordinal))
        {
            string[] forms = [Table + "FILE.csv", Learned + "FILE.csv", .. ZeroCostAccuracy.Scores.Select(score => ZeroCost + score)];
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{source}' is no source of accuracies.{(NearMiss.Find(source, forms) is { } near ? $" Did you mean '{near}'?" : string.Empty)}", $"Use --accuracy {string.Join(", --accuracy ", forms)}.");
        }

        return FromTable(site.Space, source[(source.IndexOf(':') + 1)..], only);
    }

    private static (ValueModel Value, ImmutableArray<string> Warnings) FromTable(DesignSpace space, string path, bool only)
    {
        AccuracyTable table;
        try
        {
            using StreamReader reader = File.OpenText(path);
            table = AccuracyTable.Read(reader, Path.GetFileName(path), space);
        }
        catch (InvalidDataException malformed)
        {
            throw new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedAccuracy, malformed.Message, "docs/design.md shows the form.");
        }

        if (only)
        {
            return (ValueModel.Of(table, space, out string? problem) ?? throw new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedAccuracy, $"{problem}.", "docs/design.md shows the form."), []);
        }

        double[] labels = [.. table.Designs.Select(point => table.AskAsync(point, CancellationToken.None).GetAwaiter().GetResult().Value!.Value)];
        return Learn(space, table.Designs, labels, table.Name);
    }

    private static (ValueModel Value, ImmutableArray<string> Warnings) Learn(DesignSpace space, IReadOnlyList<SpacePoint> designs, IReadOnlyList<double> labels, string source)
    {
        if (designs.Count < LearnedAccuracy.FewestLabels)
        {
            throw new CommandFailedException(
                ExitCode.Model,
                ErrorCodes.MalformedAccuracy,
                $"{source} labels {Units.Counted(designs.Count, "design")} by their genes; a predictor needs at least {LearnedAccuracy.FewestLabels}, and {LearnedAccuracy.EnoughLabels} to be worth much.",
                "Label more designs, or use --accuracy zero-cost:capacity, which only ranks.");
        }

        var learned = LearnedAccuracy.Fit(space, designs, labels, source);
        return (ValueModel.Of(learned), designs.Count < LearnedAccuracy.EnoughLabels
            ? [$"Accuracies are {learned.Name}; fewer than {LearnedAccuracy.EnoughLabels} labels make a weak predictor."]
            : []);
    }

    private async Task<(ValueModel Value, ImmutableArray<string> Warnings)> FromProgramAsync(Invocation invocation, DesignSite site, string command, Attune.Design.DeviceKey device, int seed)
    {
        TimeSpan time = Budget.Duration(invocation.Value(limit)!) ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{invocation.Value(limit)}' is no duration.", "Write --accuracy-timeout 60s.");
        ImmutableArray<string> words = Words(command);
        if (words.IsEmpty || !words.Any(word => word.Contains("{design}") || word.Contains("{model}")))
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, "--accuracy-command names neither {design} nor {model}, so the program would not know what to judge.", "Write --accuracy-command \"python3 judge.py {design}\".");
        }

        var source = new AccuracyProgram(words, time, site.Session.Networks, site.Session.Store, site.Folder, invocation.Clock);
        ImmutableArray<SpacePoint> points = await site.Session.SampleAsync(invocation.Value(evaluations), seed, site.Session.EncoderOf(device), invocation.Cancellation);
        var designs = new List<SpacePoint>();
        var labels = new List<double>();
        string? first = null;
        for (int i = 0; i < points.Length; i++)
        {
            AccuracyAnswer answer = await source.AskAsync(points[i], invocation.Cancellation);
            first ??= answer.Problem;
            if (answer.Succeeded)
            {
                designs.Add(points[i]);
                labels.Add(answer.Value.Value);
            }

            invocation.Progress.Report($"design  {i + 1} of {points.Length} accuracies asked for{(first is null ? string.Empty : $", {i + 1 - labels.Count} without answer")}");
        }

        if (labels.Count < LearnedAccuracy.FewestLabels && first is not null)
        {
            throw new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedAccuracy, $"The program told {labels.Count} of {points.Length} accuracies, too few; the first failure: {first}.", $"Run it by hand on one design of {site.Folder}.");
        }

        (ValueModel value, ImmutableArray<string> warnings) = Learn(site.Space, designs, labels, source.Name);
        return (value, first is null ? warnings : [.. warnings, $"The program gave no accuracy for {points.Length - labels.Count} of {points.Length} designs, first: {first}."]);
    }

    /// <summary>Splits a command at blanks; quotes of either kind keep blanks. No shell takes part.</summary>
    internal static ImmutableArray<string> Words(string command)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new System.Text.StringBuilder();
        char quote = '\0';
        bool any = false;
        foreach (char letter in command)
        {
            if (quote != '\0' ? letter == quote : letter is '"' or '\'')
            {
                (quote, any) = (quote == '\0' ? letter : '\0', true);
            }
            else if (letter == ' ' && quote == '\0')
            {
                if (any)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(letter);
                any = true;
            }
        }

        return any ? [.. words, word.ToString()] : words.ToImmutable();
    }
}
