namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Everything that may be drawn next, and how often.</summary>
internal static class Recipes
{
    private static readonly (int Weight, Action<GraphDraw> Draw)[] All =
    [
        (16, ImageRecipes.Convolution),
        (5, ImageRecipes.LineConvolution),
        (3, ImageRecipes.TransposedConvolution),
        (7, ImageRecipes.Pool),
        (3, ImageRecipes.GlobalPool),
        (3, ImageRecipes.Normalised),
        (5, ImageRecipes.Resized),
        (2, ImageRecipes.Padded),
        (2, ImageRecipes.Shuffled),
        (14, MatrixRecipes.ConstantProduct),
        (4, MatrixRecipes.Gemm),
        (6, MatrixRecipes.Product),
        (10, ElementwiseRecipes.Pair),
        (6, ElementwiseRecipes.WithConstant),
        (10, ElementwiseRecipes.Activation),
        (4, ElementwiseRecipes.Softmax),
        (3, ElementwiseRecipes.LayerNorm),
        (4, ElementwiseRecipes.Reduced),
        (4, ElementwiseRecipes.ReferenceOnly),
        (4, RecurrentRecipes.Recurrent),
        (7, MovementRecipes.Concatenation),
        (5, MovementRecipes.Reshaped),
        (4, MovementRecipes.Transposed),
        (4, MovementRecipes.Sliced),
        (3, MovementRecipes.SplitUp),
        (3, MovementRecipes.UnitAxes),
        (2, MovementRecipes.Gathered),
        (4, CompositeRecipes.SqueezeExcitation),
        (4, CompositeRecipes.Residual),
        (6, CompositeRecipes.Attention),
        (4, CompositeRecipes.SpeltActivation),
        (4, CompositeRecipes.SpeltLayerNorm),
        (2, CompositeRecipes.AnotherInput),
    ];

    /// <summary>What makes a network a quantised one; about as often as everything else.</summary>
    private static readonly (int Weight, Action<GraphDraw> Draw)[] Quantised =
    [
        (5, QuantisedRecipes.Conversion),
        (6, QuantisedRecipes.ByteConvolution),
        (4, QuantisedRecipes.ByteProduct),
        (4, QuantisedRecipes.IntegerConvolution),
        (3, QuantisedRecipes.IntegerProduct),
    ];

    /// <summary>What can be drawn in any network, by name.</summary>
    public static IEnumerable<string> Names => All.Select(recipe => recipe.Draw.Method.Name);

    /// <summary>What can be drawn in quantised networks alone, by name.</summary>
    public static IEnumerable<string> QuantisedNames => Quantised.Select(recipe => recipe.Draw.Method.Name);

    /// <summary>Draws one; it adds nothing where no value so far suits it.</summary>
    public static void Draw(GraphDraw draw) => Draw(draw, All);

    /// <summary>Draws one for a quantised network.</summary>
    public static void DrawQuantised(GraphDraw draw) => Draw(draw, draw.Chance(0.5) ? All : Quantised);

    private static void Draw(GraphDraw draw, (int Weight, Action<GraphDraw> Draw)[] recipes)
    {
        int ticket = draw.Below(recipes.Sum(recipe => recipe.Weight));
        foreach ((int weight, Action<GraphDraw> recipe) in recipes)
        {
            ticket -= weight;
            if (ticket < 0)
            {
                int before = draw.Values.Count;
                recipe(draw);
                if (draw.Chance(0.7))
                {
                    draw.Close(before);
                }

                return;
            }
        }
    }

    /// <summary>Draws the one of a name; it adds nothing where no value so far suits it.</summary>
    public static void Draw(GraphDraw draw, string name) => All.Concat(Quantised).First(recipe => recipe.Draw.Method.Name == name).Draw(draw);
}
