using System.Collections.Immutable;
using System.Globalization;
using Attune.Bench.Fuzz.Campaign;
using Attune.Bench.Fuzz.Graphs;
using Attune.Bench.Fuzz.Trials;
using Attune.Kernels.Targets;
using Attune.Runtime;
using Xunit.Abstractions;

namespace Attune.Bench.Fuzz.Tests;

/// <summary>Random graphs give the same on compiled kernels as on reference kernels. <c>bench/fuzz/run</c> tries as many as one likes.</summary>
public sealed class RandomGraphTests(ITestOutputHelper log)
{
    private const int GraphsPerPart = 100;

    // Another seed for a night: ATTUNE_FUZZ_SEED=7 ./test --filter RandomGraph
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ATTUNE_FUZZ_SEED"), CultureInfo.InvariantCulture, out int seed)
        ? seed
        : 1;

    private static ImmutableArray<int> Widths => [.. new[] { 16, 8, 4 }.Where(width => width <= HostTarget.Widest.Lanes)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Trait(Category.Name, Category.Slow)]
    public void Compiled_graphs_give_what_reference_kernels_give(int part)
    {
        var found = new List<string>();
        int settings = 0;
        for (long index = part * GraphsPerPart; index < (part + 1) * GraphsPerPart; index++)
        {
            var verdict = GraphVerdict.Of(Seed, index, Widths, Environment.ProcessorCount);
            settings += verdict.Settings;
            if (verdict.Difference is { } difference)
            {
                found.Add($"bench/fuzz/run --seed {Seed} --start {index} --graphs 1: {difference.Setting}: "
                    + $"{difference.Reason}{Environment.NewLine}{GraphText.Of(verdict.Network)}");
            }
        }

        log.WriteLine($"{GraphsPerPart} graphs compiled in {settings} ways.");
        found.ShouldBeEmpty();
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void Every_kind_of_step_is_drawn()
    {
        var seen = new HashSet<string>();
        for (long index = 0; index < 400; index++)
        {
            var graph = FuzzGraph.Draw(2, index);
            using var model = CompiledModel.Compile(
                Passes.PassPipeline.Default.Run(graph.Network),
                new Dictionary<string,
                IReadOnlyDictionary<string,
                string>>(),
                new ModelOptions { Threads = 1, Lanes = 4 });
            seen.UnionWith(model.Steps.Select(step => step.Operation));
        }

        // Every kind that a step of a plan can have, but the one that leaves no step behind.
        string[] kinds =
        [
            "Convolution", "MaxPool", "AveragePool", "GlobalAverage", "Elementwise", "Enlarge", "Concat", "Softmax", "LayerNorm", "Attention", "MatMul",
            "Recurrent", "Transpose", "Copy", "Convert", "Reference", "Quantize", "DynamicQuantize",
        ];
        kinds.Except(seen).ShouldBeEmpty();
        seen.Except(kinds).ShouldBeEmpty("a new kind of step must be drawn too");
    }

    [Fact]
    public void A_graph_is_a_function_of_seed_and_number()
    {
        string First(int seed, long index)
        {
            var graph = FuzzGraph.Draw(seed, index);
            return GraphText.Of(graph.Network) + string.Join(
                ' ', graph.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal).SelectMany(input => input.Value.Elements<float>().Take(3)));
        }

        First(1, 5).ShouldBe(First(1, 5));
        First(1, 5).ShouldNotBe(First(1, 6));
        First(1, 5).ShouldNotBe(First(2, 5));
    }

    [Fact]
    public void Inputs_cover_negative_large_tiny_and_mixed_numbers()
    {
        float[] numbers = [.. Enumerable.Range(0, 300).SelectMany(
            index => FuzzGraph.Draw(3, index).Inputs.Values).SelectMany(tensor => tensor.Elements<float>())];
        numbers.ShouldContain(number => number < -500);
        numbers.ShouldContain(number => number > 500);
        numbers.ShouldContain(number => number != 0 && Math.Abs(number) < 1e-30f);
        numbers.ShouldContain(0f);
        numbers.ShouldAllBe(number => float.IsFinite(number));
    }
}
