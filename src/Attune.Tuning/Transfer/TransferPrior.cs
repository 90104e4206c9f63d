using System.Collections.Immutable;
using Attune.Kernels.Spaces;

namespace Attune.Tuning.Transfer;

/// <summary>
/// What was learnt from history, ready to be kept in a file: one deep Gaussian process per template with its standardisation and feature names, and where it
/// comes from. Immutable.
/// </summary>
public sealed class TransferPrior
{
    internal TransferPrior(PriorProvenance provenance, ImmutableArray<TransferModel> models)
    {
        Provenance = provenance;
        Models = models;
    }

    /// <summary>Where it comes from.</summary>
    public PriorProvenance Provenance { get; }

    internal ImmutableArray<TransferModel> Models { get; }

    /// <summary>Learns from history: seconds per template.</summary>
    /// <param name="history">Earlier tunes; must not be empty.</param>
    /// <param name="sources">Names of the files they come from.</param>
    /// <param name="options">Sizes and steps of the processes; null takes the defaults.</param>
    /// <param name="seed">Seed of initialisation and batches.</param>
    /// <param name="time">Clock of the provenance.</param>
    /// <exception cref="ArgumentException">The history is empty, or an option is out of range.</exception>
    public static TransferPrior Learn(TuningHistory history, ImmutableArray<string> sources, TransferOptions? options, int seed, TimeProvider time)
    {
        TransferOptions known = options ?? new TransferOptions();
        string[] problems = [.. known.Problems()];
        if (problems.Length > 0 || history.IsEmpty)
        {
            throw new ArgumentException(
                history.IsEmpty
                    ? $"There is nothing to learn from: no task of the history has {TuningHistory.MinTimed} timed configurations."
                    : string.Join("; ", problems),
                history.IsEmpty ? nameof(history) : nameof(options));
        }

        ImmutableArray<TransferModel> models = TransferModel.Train(history, known, seed);
        var provenance = new PriorProvenance(
            sources,
            [.. history.Tasks.Select(task => task.Device).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. history.Tasks.Select(task => task.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. models.Select(model => model.Template)],
            history.Observations,
            seed,
            time.GetUtcNow());
        return new TransferPrior(provenance, models);
    }

    /// <summary>True when it has something to say about a space.</summary>
    public bool Covers(Space space) => Models.Any(model => model.Template == TransferFeatures.TemplateOf(space));
}
