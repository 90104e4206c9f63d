using Attune.Learning;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.AutoTvm;

/// <summary>
/// AutoTVM's model-based tuner (tuning.md 1.5): after every plan of results it fits the cost model on all of them and plans the best points that annealing
/// finds; the first plan, and the last few points of each, are random. With history the first plan comes from the base model.
/// </summary>
internal sealed class AutoTvmSearch : IProposer
{
    private readonly AutoTvmOptions options;
    private readonly int seed;
    private readonly BoostingLoss loss;
    private readonly TuningHistory? history;
    private readonly SimulatedAnnealing annealing;
    private readonly int greedy;
    private AutoTvmCostModel? model;
    private List<long> plan = [];
    private int place;
    private int fits;
    private bool began;

    public AutoTvmSearch(AutoTvmOptions options, BoostingLoss loss, int seed, TuningHistory? history)
    {
        this.options = options;
        this.seed = seed;
        this.loss = loss;
        this.history = history;
        annealing = new SimulatedAnnealing(options);
        greedy = (int)(options.Epsilon * options.PlanSize);
    }

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        model ??= new AutoTvmCostModel(options, loss, AutoTvmHistory.Of(history, memory));
        if (memory.Told >= options.PlanSize * (fits + 1) && memory.Best is not null)
        {
            // Results told from elsewhere count towards the plan, but the model is fitted once for all of them.
            fits = memory.Told / options.PlanSize;
            model.Fit(memory, unchecked((seed * 1_000_003) + fits));
            MakePlan(memory, model);
        }
        else if (!began && model.KnowsHistory)
        {
            MakePlan(memory, model);
        }

        began = true;
        var points = new List<long>(count);
        var chosen = new HashSet<long>();
        while (points.Count < count)
        {
            while (place < plan.Count && (memory.IsKnown(plan[place]) || chosen.Contains(plan[place])))
            {
                place++;
            }

            long? next = place >= plan.Count - greedy
                ? memory.Sampler.DrawOne(memory.Random, point => memory.IsKnown(point) || chosen.Contains(point))
                : plan[place];
            place++;
            if (next is not { } point)
            {
                break;
            }

            chosen.Add(point);
            points.Add(point);
        }

        return points;
    }

    private void MakePlan(SearchMemory memory, AutoTvmCostModel scores)
    {
        int wanted = options.PlanSize * Math.Max(1, options.DiversityRatio);
        IEnumerable<(long Point, float Score)> found = annealing.FindMaximums(
            memory,
            point => scores.Score(memory.FeaturesOf(point)),
            point => scores.MayRun(memory.FeaturesOf(point)),
            wanted);
        if (options.Quirks)
        {
            // Scores of the pairwise loss have no zero, yet AutoTVM cuts them there.
            found = found.Where(entry => entry.Score >= 0);
        }

        plan = [.. found.Select(entry => entry.Point)];
        if (options.DiversityRatio > 0)
        {
            plan = SubmodularPick.Choose(memory.Space, plan, options.PlanSize);
        }

        place = 0;
    }
}
