using Attune.Bench.Fuzz.Graphs;
using Attune.Bench.Fuzz.Trials;
using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Bench.Fuzz.Tests;

/// <summary>
/// Every operator and pattern alone, at random and so mostly odd shapes, attributes and operator sets: at every width, on one thread and on two.
/// </summary>
public sealed class OperatorTests
{
    private const int Draws = 15;

    public static TheoryData<string> Names => [.. Recipes.Names, .. Recipes.QuantisedNames];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait(Category.Name, Category.Slow)]
    public void Alone_it_gives_what_reference_kernels_give(string recipe)
    {
        int threads = Math.Min(2, Environment.ProcessorCount);
        for (long index = 0; index < Draws; index++)
        {
            var graph = FuzzGraph.DrawOne(recipe, seed: 1, index);
            IReadOnlyDictionary<string, ScaledTensor> expected = ErrorScales.Run(graph.Network, graph.Inputs);
            foreach (int lanes in new[] { 16, 8, 4 }.Where(width => width <= HostTarget.Widest.Lanes))
            {
                var setting = new FuzzSetting(lanes, index % 2 == 0 ? 1 : threads, Passes: true, [], WeightFormat.F32, null);
                GraphTrial.Run(graph.Network, graph.Inputs, expected, setting).ShouldBeNull($"draw {index}{Environment.NewLine}{GraphText.Of(graph.Network)}");
            }
        }
    }
}
