using System.Collections.Immutable;
using Attune.Compile.Flow;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Tuning.Choices;

namespace Attune.Tuning.Run;

/// <summary>
/// The last choice is made where the kernels will run. A kernel alone finds its input in the caches of the core that reads it and the outer cache to itself;
/// inside the model the input was written by all cores and the weights of the whole model pass through the cache. So the choices form a graph
/// (<see cref="ModelChoices"/>), which dynamic programming solves; models of its solution, of every task's fastest alone and of some others are compiled and
/// timed in turns, the costs inside the model are learned from them, the graph is solved again, and in the end the fastest few, the fastest alone and the
/// defaults are timed once more in the same turns. The best ratio to the defaults, turn by turn, wins.
/// </summary>
public sealed class InModelSelection
{
    private const int Rounds = 5;
    private const int LastRounds = 9;
    private const int Improvements = 3;
    private const int MaxLast = 5;

    // The rest of a limited time is for improvements and the last choice.
    private const double FirstShare = 0.5;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(60);
    private readonly Network network;
    private readonly ModelOptions options;
    private readonly TimeProvider clock;
    private readonly ChoiceSolver solver = new();

    /// <summary>Prepares a selection.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="threads">Threads it runs on.</param>
    /// <param name="clock">Time.</param>
    public InModelSelection(Network network, int threads, TimeProvider clock)
        : this(network, new ModelOptions { Threads = threads }, clock)
    {
    }

    /// <summary>Prepares a selection.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="options">How the model will be compiled.</param>
    /// <param name="clock">Time.</param>
    public InModelSelection(Network network, ModelOptions options, TimeProvider clock)
    {
        this.network = network;
        this.clock = clock;
        this.options = options.Resolve();
    }

    /// <summary>Seconds in which a byte comes from another core's cache, as <see cref="Measuring.Probes.CrossCoreProbe"/> measures it. Default 0.</summary>
    public double CrossCoreSecondsPerByte { get; init; }

    /// <summary>Models that may exist at a time, each with its own copy of all weights; at least 2. Default 8.</summary>
    public int MaxModels { get; init; } = 8;

    /// <summary>
    /// Time it may take, or null for as much as it needs. The fewer models and rounds fit, the fewer are tried, but never less than two models.
    /// </summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>What compiling and running the model are expected to cost, to begin within <see cref="Limit"/>.</summary>
    public FinishCosts Costs { get; init; } = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Chooses for every task.</summary>
    /// <param name="alternatives">Candidates by task key and by key of pairs that may be fused, the most promising first; at least one each.</param>
    /// <param name="inputs">Inputs to run on.</param>
    /// <param name="cancellation">Stops early; an exception is thrown.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public ModelSelection Run(
        IReadOnlyDictionary<string, ImmutableArray<TaskAlternative>> alternatives, IReadOnlyDictionary<string, Tensor> inputs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var choices = new ModelChoices(ModelDataFlow.Of(network, options.Threads, options.Resolve().Target!), alternatives, CrossCoreSecondsPerByte);
        var costs = new LearnedCosts(choices);
        var measured = new List<(int[] Chosen, double Ms)>();
        var pace = new SelectionPace(clock, Limit, Costs);
        int[] separate = new int[choices.Sites.Length];
        int[] reference = choices.Defaults() ?? separate;
        Measure(Candidates(choices, separate, pace.Models(Math.Max(2, MaxModels), Rounds, FirstShare)), Rounds);
        int max = Math.Clamp(MaxModels, 2, MaxLast);
        for (int i = 0; i < Improvements && pace.Affords((2, Rounds), (max, LastRounds)); i++)
        {
            int[] better = [.. solver.Solve(choices.Graph(costs.Costs())).Choices];
            if (measured.Any(model => model.Chosen.AsSpan().SequenceEqual(better)))
            {
                break;
            }

            // The best so far runs again beside it, so that a change of the machine's speed decides nothing.
            Measure([measured.MinBy(model => model.Ms).Chosen, better], Rounds);
        }

        // Where two models are all that memory allows, the fastest has to face the defaults alone.
        IEnumerable<int[]> fastest = measured.OrderBy(model => model.Ms).Select(model => model.Chosen);
        int fitting = pace.Models(max, LastRounds, 1);
        List<int[]> last = Distinct([reference, .. fitting > 2 ? fastest.Prepend(separate) : fastest], fitting);
        RoundTimes times = Measure(last, last.Count > 1 ? LastRounds : 1);
        int position = last.FindIndex(chosen => chosen.SequenceEqual(separate));
        double separateMs = position >= 0 ? times.Ms(position) : measured.First(model => model.Chosen.SequenceEqual(separate)).Ms;
        return Result(
            choices,
            costs.Costs(),
            last[times.Fastest],
            times.Ms(times.Fastest),
            separateMs) with
        { DefaultMs = choices.Defaults() is null ? null : times.Ms(0) };

        RoundTimes Measure(List<int[]> candidates, int rounds)
        {
            List<(int[] Chosen, double[] SiteMs, double[] TotalMs)> timed = Time(
                choices, candidates, inputs, pace.Rounds(candidates.Count, rounds), pace, cancellation);
            foreach ((int[] candidate, double[] siteMs, double[] totalMs) in timed)
            {
                measured.Add((candidate, totalMs.Min()));
                costs.Add(candidate, siteMs);
            }

            return new RoundTimes([.. timed.Select(model => model.TotalMs)]);
        }
    }

    /// <summary>
    /// Whole models worth timing first: the fastest alone, the graph's solution, all pairs fused, one way of sharing throughout, then the second of each task,
    /// the third, ...
    /// </summary>
    private List<int[]> Candidates(ModelChoices choices, int[] separate, int max)
    {
        ImmutableArray<ChoiceSite> sites = choices.Sites;
        ChoiceSolution solution = solver.Solve(choices.Graph(choices.AloneCosts()));
        List<int[]> candidates = [separate];
        if (double.IsFinite(solution.Total))
        {
            candidates.Add([.. solution.Choices]);
        }

        candidates.Add([.. sites.Select(site => site.PairKey is null ? 0 : site.Own)]);
        int FirstOf(ChoiceSite site, string kind) =>
            Math.Max(0, Enumerable.Range(0, site.Own).FirstOrDefault(i => site.Alternatives[i].Partition.ClassOf(options.Threads) == kind, 0));
        candidates.Add([.. sites.Select(site => FirstOf(site, "rows"))]);
        for (int rank = 1; rank < sites.Select(site => site.Own).DefaultIfEmpty().Max(); rank++)
        {
            candidates.Add([.. sites.Select(site => Math.Min(rank, site.Own - 1))]);
        }

        return Distinct(candidates, max);
    }

    private static List<int[]> Distinct(IEnumerable<int[]> candidates, int max) => [.. candidates.DistinctBy(chosen => string.Join(',', chosen)).Take(max)];

    private ModelSelection Result(ModelChoices choices, double[][] costs, int[] chosen, double ms, double separateMs)
    {
        ChoiceGraph graph = choices.Graph(costs);
        double total = graph.Total(chosen);
        bool exact = true;
        var tasks = new Dictionary<string, SelectedTask>(StringComparer.Ordinal);
        var fused = ImmutableHashSet.CreateBuilder<string>();
        for (int i = 0; i < chosen.Length; i++)
        {
            ChoiceSite site = choices.Sites[i];
            bool isFused = site.IsFused(chosen[i]);
            string key = isFused ? site.PairKey! : site.TaskKey;
            if (isFused)
            {
                // A task all of whose layers are fused keeps its fastest configuration for those who switch the fusion off.
                fused.Add(key);
                tasks.TryAdd(site.TaskKey, new SelectedTask(site.Alternatives[0].Configuration, costs[i][0] / site.Steps.Length, null));
            }

            if (!(isFused && site.IsFirst))
            {
                // Fusing is told at the second half, where a pair's time stands.
                IEnumerable<int> fusedForms = site.IsFirst ? Enumerable.Range(site.Own, site.Alternatives.Length - site.Own) : [];
                ChoiceSolution without = solver.Cheapest(graph, i, fusedForms.Append(chosen[i]));
                exact &= without.IsExact;
                SelectedRunnerUp? other = double.IsFinite(without.Total)
                    ? RunnerUp(choices, costs, (i, chosen), without, ms + Math.Max(0, without.Total - total))
                    : null;
                tasks[key] = new SelectedTask(site.Alternatives[chosen[i]].Configuration, costs[i][chosen[i]] / site.Steps.Length, other);
            }
        }

        return new ModelSelection(tasks, fused.ToImmutable(), ms, separateMs, exact);
    }

    private static SelectedRunnerUp RunnerUp(ModelChoices choices, double[][] costs, (int Position, int[] Chosen) now, ChoiceSolution without, double modelMs)
    {
        ChoiceSite site = choices.Sites[now.Position];
        int other = without.Choices[now.Position];
        bool was = site.IsFused(now.Chosen[now.Position]);
        bool becomes = site.IsFused(other);
        double ms = costs[now.Position][other];
        if (was != becomes)
        {
            // So that the two times can be compared: a pair's includes the depthwise half, which otherwise is a layer of its own.
            int partner = choices.Partner(now.Position);
            ms += becomes ? -costs[partner][now.Chosen[partner]] : costs[partner][without.Choices[partner]];
        }

        return new SelectedRunnerUp(
            becomes ? site.PairKey! : site.TaskKey, site.Alternatives[other].Configuration, Math.Max(0, ms) / site.Steps.Length, modelMs);
    }

    /// <summary>
    /// Times of the sites, the least of several medians, so that a disturbance of one round decides nothing; and of the whole in every round, for comparisons
    /// within a round.
    /// </summary>
    private List<(int[] Chosen, double[] SiteMs, double[] TotalMs)> Time(
        ModelChoices choices, List<int[]> candidates, IReadOnlyDictionary<string, Tensor> inputs, int rounds, SelectionPace pace,
        CancellationToken cancellation)
    {
        var models = new List<CompiledModel>();
        try
        {
            foreach (int[] candidate in candidates)
            {
                cancellation.ThrowIfCancellationRequested();
                models.Add(pace.Compiling(() => CompiledModel.Compile(network, choices.Configurations(candidate), options)));
            }

            double[][] min = [.. models.Select(model => Enumerable.Repeat(double.PositiveInfinity, model.Steps.Length).ToArray())];
            double[][] totals = [.. models.Select(_ => new double[rounds])];
            for (int turn = 0; turn < rounds * models.Count; turn++)
            {
                cancellation.ThrowIfCancellationRequested();

                // Every other round goes backwards, so that drift within rounds favours nobody.
                (int round, int place) = Math.DivRem(turn, models.Count);
                int i = round % 2 == 0 ? place : models.Count - 1 - place;
                double[] medians = pace.Turning(() => Turn(models[i], inputs));
                totals[i][round] = medians.Sum();
                for (int step = 0; step < medians.Length; step++)
                {
                    min[i][step] = Math.Min(min[i][step], medians[step]);
                }
            }

            return [.. models.Select((model, i) =>
            {
                ImmutableArray<StepReport> steps = model.Steps;
                double[] searched = [.. Enumerable.Range(0, steps.Length).Where(step => steps[step].TaskKey is not null).Select(step => min[i][step])];
                return (candidates[i], choices.SiteTimes(candidates[i], searched), totals[i]);
            })];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }
    private double[] Turn(CompiledModel model, IReadOnlyDictionary<string, Tensor> inputs)
    {
        long start = clock.GetTimestamp();
        model.Profile(inputs, 1);
        double once = Math.Max(0.01, clock.GetElapsedTime(start).TotalMilliseconds / 2);
        return model.Profile(inputs, (int)Math.Clamp(RoundTime.TotalMilliseconds / once, 1, 200));
    }
}
