using System.Collections.Immutable;
using Attune.Design.Objectives;
using Attune.Design.Spaces;
using Attune.Devices;

namespace Attune.Design.Flow;

/// <summary>
/// Makes what a search makes large from accuracies that are known: those of a table, those that a program tells, and those that a predictor learns from either.
/// </summary>
/// <param name="workspace">The family, its store and its folder.</param>
/// <param name="losses">
/// What parts of designs lose when they are quantised: accuracies of tables and predictors are then those of designs in floats. Null where they are those of
/// designs as they are.
/// </param>
public sealed class ValueSources(DesignWorkspace workspace, StageLosses? losses = null)
{
    private const int MaxListed = 1 << 16;


    /// <summary>A table: only its designs have a value.</summary>
    /// <param name="path">Comma-separated values.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Result<ValueSource, DesignError> Table(string path)
    {
        Result<AccuracyTable, DesignError> table = Read(path);
        if (!table.Succeeded)
        {
            return table.Error;
        }

        Result<ValueModel, string> model = ValueModel.Of(table.Value, workspace.Space);
        return model.Succeeded ? Quantised(model.Value, []) : new AccuracyUnusable(AccuracyFailure.MalformedTable, $"{model.Error}.");
    }

    /// <summary>A predictor that learns from a table.</summary>
    /// <param name="path">Comma-separated values with a column for every gene.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Result<ValueSource, DesignError> LearnedFrom(string path)
    {
        Result<AccuracyTable, DesignError> table = Read(path);
        return table.Succeeded ? Learn(table.Value.Designs, [.. table.Value.Designs.Select(table.Value.Of)], table.Value.Name) : table.Error;
    }

    /// <summary>A predictor that learns from what a program says about designs of all sizes.</summary>
    /// <param name="command">Program and arguments; one holds {design} or {model}.</param>
    /// <param name="limit">Time for one answer.</param>
    /// <param name="evaluations">How many designs it is asked about.</param>
    /// <param name="device">Device whose encoder counts operations.</param>
    /// <param name="seed">Seed of the designs.</param>
    /// <param name="progress">Called with designs asked about, all, and those without answer.</param>
    /// <param name="cancellation">Stops; answers are in the store.</param>
    public async Task<Result<ValueSource, DesignError>> FromProgramAsync(
        ImmutableArray<string> command, TimeSpan limit, int evaluations, DeviceKey device, int seed, Action<int, int, int>? progress,
        CancellationToken cancellation)
    {
        DesignSession session = workspace.Session;
        var source = new AccuracyProgram(command, limit, session.Networks, session.Store, workspace.Folder, workspace.Options.Clock);
        ImmutableArray<SpacePoint> points = await session.SampleAsync(evaluations, seed, session.EncoderOf(device), cancellation);
        var designs = new List<SpacePoint>();
        var labels = new List<double>();
        string? first = null;
        for (int i = 0; i < points.Length; i++)
        {
            Result<KnownAccuracy, string> answer = await source.AskAsync(points[i], cancellation);
            first ??= answer.Error;
            if (answer.Succeeded)
            {
                designs.Add(points[i]);
                labels.Add(answer.Value.Value);
            }

            progress?.Invoke(i + 1, points.Length, i + 1 - labels.Count);
        }

        if (first is null)
        {
            return Learn(designs, labels, source.Name);
        }

        if (labels.Count < LearnedAccuracy.MinLabels)
        {
            return new AccuracyUnusable(
                AccuracyFailure.ProgramFailed, $"The program told {labels.Count} of {points.Length} accuracies, too few; the first failure: {first}.");
        }

        Result<ValueSource, DesignError> learned = Learn(designs, labels, source.Name);
        string lacking = $"The program gave no accuracy for {points.Length - labels.Count} of {points.Length} designs, first: {first}.";
        return learned.Succeeded ? learned.Value with { Warnings = [.. learned.Value.Warnings, lacking] } : learned;
    }

    private Result<AccuracyTable, DesignError> Read(string path)
    {
        try
        {
            using StreamReader reader = File.OpenText(path);
            return AccuracyTable.Read(reader, Path.GetFileName(path), workspace.Space, isOfFloats: losses is not null);
        }
        catch (InvalidDataException malformed)
        {
            return new AccuracyUnusable(AccuracyFailure.MalformedTable, malformed.Message);
        }
    }

    private Result<ValueSource, DesignError> Learn(IReadOnlyList<SpacePoint> designs, IReadOnlyList<double> labels, string source)
    {
        if (designs.Count < LearnedAccuracy.MinLabels)
        {
            return new AccuracyUnusable(
                AccuracyFailure.TooFewLabels,
                $"{source} labels {designs.Count} design{(designs.Count == 1 ? string.Empty : "s")} by their genes; a predictor needs at least "
                + $"{LearnedAccuracy.MinLabels}, and {LearnedAccuracy.EnoughLabels} to be worth much.");
        }

        var learned = LearnedAccuracy.Fit(workspace.Space, designs, labels, source);
        return Quantised(ValueModel.Of(learned), designs.Count < LearnedAccuracy.EnoughLabels
            ? [$"Accuracies are {learned.Name}; fewer than {LearnedAccuracy.EnoughLabels} labels make a weak predictor."]
            : []);
    }

    /// <summary>The same for designs with any policy: those of a table are listed with all of them.</summary>
    private Result<ValueSource, DesignError> Quantised(ValueModel floats, ImmutableArray<string> warnings)
    {
        if (losses is null)
        {
            return new ValueSource(floats, warnings);
        }

        var value = new PolicyAccuracy(floats.Source, floats.Model, losses);
        string added = $"Losses of parts ({losses.Name}) are taken to add up: measure the accuracy of what you deploy.";
        if (floats.Pool is not { } pool)
        {
            return new ValueSource(new ValueModel(value, value, null), [.. warnings, added]);
        }

        int[] genes = [.. Enumerable.Range(0, workspace.Space.Genes.Length).Where(gene => StagePrecisions.IsPrecision(workspace.Space.Genes[gene].Id))];
        double policies = genes.Aggregate(1.0, (product, gene) => product * workspace.Space.Genes[gene].Values.Length);
        if (pool.Length * policies > MaxListed)
        {
            return new AccuracyUnusable(
                AccuracyFailure.MalformedTable,
                $"{pool.Length} designs of the table in {policies:0} policies are more than the {MaxListed} that can be listed; use learned: instead.");
        }

        HashSet<SpacePoint> all = [.. pool];
        foreach (int gene in genes)
        {
            all = [.. all.SelectMany(point => Enumerable.Range(0, workspace.Space.Genes[gene].Values.Length)
                .Select(choice => workspace.Space.Canonical(new SpacePoint(point.Choices.SetItem(gene, choice)))))];
        }

        return new ValueSource(new ValueModel(value, value, [.. all.Where(point => losses.Missing(point) is null)]), [.. warnings, added]);
    }
}
