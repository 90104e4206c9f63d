using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// All that history and a prior file say about one target task: earlier tasks over the same configurations one by one, and a deep process over all tasks of the
/// template. Without either it is empty and the search is a cold one.
/// </summary>
internal sealed class TransferKnowledge
{
    // Training is the costly part; searches of one history share it, whatever their seed.
    private static readonly ConditionalWeakTable<TuningHistory, Dictionary<TransferOptions, ImmutableArray<TransferModel>>> Trained = [];

    private readonly Dictionary<long, double[]> scores = [];

    private TransferKnowledge(ImmutableArray<TransferExpert> experts, int recalled)
    {
        Experts = experts;
        Recalled = recalled;
    }

    /// <summary>The experts; those over the same configurations come first.</summary>
    public ImmutableArray<TransferExpert> Experts { get; }

    /// <summary>How many of the experts are earlier tasks over the same configurations.</summary>
    public int Recalled { get; }

    public bool IsEmpty => Experts.IsEmpty;

    /// <summary>Gathers what there is for a target.</summary>
    public static TransferKnowledge Of(Space space, SearcherOptions options)
    {
        TuningHistory history = options.History ?? TuningHistory.Empty;
        ImmutableArray<TransferExpert>.Builder experts = SameSpace(space, history, options.Transfer.Sources).ToBuilder();
        int recalled = experts.Count;
        string template = TransferFeatures.TemplateOf(space);

        // Tasks that speak for themselves need no model of them.
        bool untold = history.Tasks.Count(task => TransferFeatures.TemplateOf(task.Space) == template) > recalled;
        IEnumerable<TransferModel> models = untold ? Models(history, options.Transfer) : [];
        foreach (TransferModel model in models.Concat(options.Prior?.Models ?? []).Where(model => model.Template == template))
        {
            experts.Add(TransferExpert.OfModel(model.Process, new TransferFeatures(space, options.TaskKey, model.Columns)));
        }

        return new TransferKnowledge(experts.ToImmutable(), recalled);
    }

    /// <summary>Only the earlier tasks over the same configurations, without anything that must be trained.</summary>
    public static TransferKnowledge OfSameSpace(Space space, TuningHistory history)
    {
        ImmutableArray<TransferExpert> experts = SameSpace(space, history, int.MaxValue);
        return new TransferKnowledge(experts, experts.Length);
    }

    /// <summary>Points that were measured before, the best mean merit first.</summary>
    public List<long> Remembered()
    {
        long[] points = [.. Experts.SelectMany(expert => expert.Known).Distinct()];
        Look(points);
        return [.. points.OrderByDescending(MeanOf).ThenBy(point => point)];
    }

    /// <summary>Merits of a point, one per expert.</summary>
    public double[] this[long point] => scores[point];

    /// <summary>The prior's merit of a point: the mean over earlier tasks over the same configurations, or else over the deep processes.</summary>
    public double MeanOf(long point)
    {
        double[] own = scores[point];
        return Recalled > 0 ? own.AsSpan(0, Recalled).ToArray().Average() : own.Average();
    }

    /// <summary>Scores points that were not scored before.</summary>
    public void Look(IEnumerable<long> points)
    {
        long[] fresh = [.. points.Where(point => !scores.ContainsKey(point)).Distinct()];
        if (fresh.Length == 0 || IsEmpty)
        {
            return;
        }

        foreach (long point in fresh)
        {
            scores[point] = new double[Experts.Length];
        }

        var column = new double[fresh.Length];
        for (int e = 0; e < Experts.Length; e++)
        {
            Experts[e].Score(fresh, column);
            for (int i = 0; i < fresh.Length; i++)
            {
                scores[fresh[i]][e] = column[i];
            }
        }
    }

    private static ImmutableArray<TransferModel> Models(TuningHistory history, TransferOptions options)
    {
        Dictionary<TransferOptions, ImmutableArray<TransferModel>> known = Trained.GetOrCreateValue(history);
        lock (known)
        {
            if (!known.TryGetValue(options, out ImmutableArray<TransferModel> models))
            {
                known[options] = models = TransferModel.Train(history, options, seed: 1);
            }

            return models;
        }
    }

    private static ImmutableArray<TransferExpert> SameSpace(Space space, TuningHistory history, int max)
    {
        var experts = ImmutableArray.CreateBuilder<TransferExpert>();
        foreach (HistoryTask task in history.Tasks)
        {
            if (experts.Count < max && SameKnobs(task.Space, space) && TransferExpert.OfSameSpace(task, space) is { } expert)
            {
                experts.Add(expert);
            }
        }

        return experts.ToImmutable();
    }

    private static bool SameKnobs(Space a, Space b) =>
        ReferenceEquals(a, b) || (a.Knobs.Length == b.Knobs.Length && a.Knobs.All(knob => b.Has(knob.Name)));
}
