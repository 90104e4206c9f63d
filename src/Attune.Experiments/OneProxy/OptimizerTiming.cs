using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// Times queries of several methods: all methods take turns on every query, many times over, and the least time of each pair of method and query counts,
/// because a busy machine only ever adds to it.
/// </summary>
internal sealed class OptimizerTiming(TimeProvider clock, ImmutableArray<OptimizerTiming.Method> methods, int peer, int queriesPerDevice)
{
    private const int Rounds = 12;

    /// <summary>One way of answering.</summary>
    /// <param name="Name">In the report.</param>
    /// <param name="Ask">Answers a query, by its position.</param>
    /// <param name="Repeats">Times it is asked per measurement: many for what takes less than a microsecond.</param>
    internal sealed record Method(string Name, Action<int> Ask, int Repeats = 1);

    /// <summary>Measures.</summary>
    /// <param name="queries">Number of queries.</param>
    /// <param name="first">Position of the method that prepares a device.</param>
    /// <param name="kept">Position of the method that answers from what was prepared.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public OneProxyTable Run(int queries, int first, int kept, CancellationToken cancellation)
    {
        var min = new double[methods.Length][];
        for (int m = 0; m < methods.Length; m++)
        {
            min[m] = new double[queries];
            Array.Fill(min[m], double.PositiveInfinity);
        }

        // The first round pays for compilation; later ones are faster anyway.
        for (int round = 0; round < Rounds; round++)
        {
            for (int q = 0; q < queries; q++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int m = 0; m < methods.Length; m++)
                {
                    long begin = clock.GetTimestamp();
                    for (int repeat = 0; repeat < methods[m].Repeats; repeat++)
                    {
                        methods[m].Ask(q);
                    }

                    min[m][q] = Math.Min(min[m][q], clock.GetElapsedTime(begin).TotalMicroseconds / methods[m].Repeats);
                }
            }
        }

        double[] means = [.. min.Select(times => times.Average())];
        double amortised = (means[first] + ((queriesPerDevice - 1) * means[kept])) / queriesPerDevice;
        return new OneProxyTable(
            "Neural optimiser",
            $"Time per query, microseconds: least of {Rounds} turns of each of {queries} queries, all methods in turns; mean over queries, and the 5 "
            + "% and 95 % quantiles",
            ["method", ">mean", ">5 %", ">95 %", ">share of the search"],
            [
                .. methods.Select((method, m) => (ImmutableArray<string>)
                [
                    method.Name,
                    Classes.Number(means[m], "0.00"),
                    Classes.Number(Quantiles.Of([.. min[m].Order()], 0.05), "0.00"),
                    Classes.Number(Quantiles.Of([.. min[m].Order()], 0.95), "0.00"),
                    Classes.Number(means[m] / means[peer], "0.0000"),
                ]),
                [$"multiplier form, {queriesPerDevice} budgets on a "
                    + "device: mean per query", Classes.Number(amortised, "0.00"), string.Empty, string.Empty,
                    Classes.Number(amortised / means[peer], "0.0000")],
            ])
        {
            Note = "The proposals of the multiplier form do not depend on the budget: the first query of a device pays for them, the others go through a list. "
                + "The search that keeps its predictions from budget to budget on a device is timed as well. All are on one thread.",
            Figures = ImmutableSortedDictionary<string, double>.Empty
                .Add("optimizer_first_time_share", means[first] / means[peer])
                .Add("optimizer_kept_time_share", means[kept] / means[peer])
                .Add("optimizer_multiplier_time_share", amortised / means[peer]),
        };
    }
}
