using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>A random network with inputs for it: a function of seed and index, on every machine.</summary>
/// <param name="Seed">Seed of the campaign.</param>
/// <param name="Index">Number of the graph in the campaign.</param>
/// <param name="Network">The network as a file would have it.</param>
/// <param name="Inputs">Numbers for its inputs.</param>
internal sealed record FuzzGraph(int Seed, long Index, Network Network, ImmutableDictionary<string, Tensor> Inputs)
{
    private const int MaxNodes = 8;
    private const int MaxQuantisedNodes = 24;
    private const int QuantisedEvery = 5;
    private const int Attempts = 200;
    private static readonly int[] Opsets = [7, 9, 10, 11, 12, 13, 13, 14, 17, 18, 20, 21];

    /// <summary>True for the numbers of quantised networks: every fifth.</summary>
    public static bool IsQuantised(long index) => index % QuantisedEvery == QuantisedEvery - 1;

    /// <summary>Draws a graph.</summary>
    public static FuzzGraph Draw(int seed, long index)
    {
        if (IsQuantised(index))
        {
            return DrawQuantised(seed, index);
        }

        Random random = Dice.For(seed, index, Purpose.Graph);
        var draw = new GraphDraw($"fuzz {seed} {index}", random, Opsets[random.Next(Opsets.Length)]);
        Begin(draw);
        int nodes = random.Next(2, MaxNodes);
        for (int attempt = 0; draw.Nodes < nodes && attempt < Attempts; attempt++)
        {
            Recipes.Draw(draw);
        }

        return Fill(draw, seed, index, random);
    }

    private static FuzzGraph DrawQuantised(int seed, long index)
    {
        Random random = Dice.For(seed, index, Purpose.Graph);
        var draw = new GraphDraw($"fuzz {seed} {index}", random, QuantisedRecipes.Opsets[random.Next(QuantisedRecipes.Opsets.Length)]);
        Begin(draw);
        int nodes = random.Next(4, MaxQuantisedNodes);
        for (int attempt = 0; draw.Nodes < nodes && attempt < Attempts; attempt++)
        {
            Recipes.DrawQuantised(draw);
        }

        return Fill(draw, seed, index, random);
    }

    /// <summary>Draws a graph of one recipe alone: an operator, or a pattern of some, on an input of random shape.</summary>
    /// <param name="recipe">One of <see cref="Recipes.Names"/> or <see cref="Recipes.QuantisedNames"/>.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="index">Number of the graph.</param>
    public static FuzzGraph DrawOne(string recipe, int seed, long index)
    {
        Random random = Dice.For(seed, index, Purpose.One);
        while (true)
        {
            int[] opsets = Recipes.QuantisedNames.Contains(recipe) ? QuantisedRecipes.Opsets : Opsets;
            var draw = new GraphDraw($"{recipe} {seed} {index}", random, opsets[random.Next(opsets.Length)]);
            Begin(draw);
            Recipes.Draw(draw, recipe);
            if (draw.Nodes > 0 || draw.Values.Count > 1)
            {
                return Fill(draw, seed, index, random);
            }
        }
    }

    private static FuzzGraph Fill(GraphDraw draw, int seed, long index, Random random)
    {
        Network network = draw.Finish();
        NumberKind kind = random.Next(3) > 0 ? NumberKind.Plain : (NumberKind)random.Next((int)NumberKind.Mixed + 1);
        return new FuzzGraph(
            seed, index, network, network.Inputs.ToImmutableDictionary(input => input.Name, input => RandomNumbers.Draw(random, input.Type.Shape, kind, 1)));
    }

    private static void Begin(GraphDraw draw)
    {
        int batch = draw.OneOf(1, 1, 1, 2, 3);
        switch (draw.Below(20))
        {
            case < 10:
                draw.Input(batch, draw.Channel(), draw.Place(), draw.Place());
                break;
            case < 14:
                draw.Input(batch, draw.Channel(), draw.Channel());
                break;
            case < 18:
                draw.Input(draw.OneOf(batch, draw.Place()), draw.Channel());
                break;
            case 18:
                draw.Input(draw.Channel());
                break;
            default:
                draw.Input(batch, draw.OneOf(1, 2, 3, 8), draw.OneOf(1, 2, 3), draw.OneOf(2, 3, 4), draw.OneOf(1, 5, 8));
                break;
        }
    }
}
