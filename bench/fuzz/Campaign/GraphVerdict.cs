using System.Collections.Immutable;
using Attune.Bench.Fuzz.Graphs;
using Attune.Bench.Fuzz.Trials;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Campaign;

/// <summary>What came of one graph.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Settings">How many ways of compiling it were tried.</param>
/// <param name="Difference">What is wrong, or null.</param>
/// <param name="Network">The smallest network that shows it; the graph's own when nothing is wrong.</param>
/// <param name="Inputs">Inputs for it.</param>
internal sealed record GraphVerdict(FuzzGraph Graph, int Settings, Difference? Difference, Network Network, ImmutableDictionary<string, Tensor> Inputs)
{
    /// <summary>Draws a graph, tries it, and makes it smaller when something is wrong.</summary>
    /// <param name="seed">Seed of the campaign.</param>
    /// <param name="index">Number of the graph.</param>
    /// <param name="widths">Vector widths.</param>
    /// <param name="processors">Processors that may be used.</param>
    public static GraphVerdict Of(int seed, long index, ImmutableArray<int> widths, int processors)
    {
        var graph = FuzzGraph.Draw(seed, index);
        IReadOnlyDictionary<string, ScaledTensor> expected = ErrorScales.Run(graph.Network, graph.Inputs);
        ImmutableArray<FuzzSetting> settings = FuzzSetting.For(seed, index, widths, processors);
        foreach (FuzzSetting setting in settings)
        {
            if (GraphTrial.Run(graph.Network, graph.Inputs, expected, setting) is { } difference)
            {
                return Shrunk(graph, settings.Length, difference);
            }
        }

        return new GraphVerdict(graph, settings.Length, null, graph.Network, graph.Inputs);
    }

    private static GraphVerdict Shrunk(FuzzGraph graph, int settings, Difference difference)
    {
        var shrinker = new GraphShrinker((network, inputs) => Try(network, inputs, difference.Setting) is not null);
        (Network network, ImmutableDictionary<string, Tensor> inputs) = shrinker.Shrink(graph.Network, graph.Inputs);
        return new GraphVerdict(graph, settings, Try(network, inputs, difference.Setting) ?? difference, network, inputs);
    }

    private static Difference? Try(Network network, ImmutableDictionary<string, Tensor> inputs, FuzzSetting setting)
    {
        try
        {
            return GraphTrial.Run(network, inputs, ErrorScales.Run(network, inputs), setting);
        }
        catch (ArgumentException)
        {
            // A network that the reference kernels do not take shows nothing.
            return null;
        }
    }
}
