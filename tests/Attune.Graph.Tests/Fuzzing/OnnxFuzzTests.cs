using System.Globalization;
using Xunit.Abstractions;

namespace Attune.Graph.Tests.Fuzzing;

/// <summary>
/// A thousand damaged files with every run of the tests. More: ATTUNE_FUZZ_ONNX=100000 and, for others, ATTUNE_FUZZ_SEED=7 in the environment.
/// </summary>
public sealed class OnnxFuzzTests(ITestOutputHelper log)
{
    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void A_damaged_file_ends_as_a_network_or_as_faults()
    {
        using var folder = new TemporaryFolder();
        int count = Setting("ATTUNE_FUZZ_ONNX", 1000);
        int seed = Setting("ATTUNE_FUZZ_SEED", 1);

        (IReadOnlyDictionary<string, int> outcomes, IReadOnlyList<string> defects) = OnnxFuzzer.Run(seed, count, folder.Path);

        log.WriteLine($"seed {seed}, {FuzzModels.All.Count} sound models, {count} cases: "
            + $"{string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))}");
        defects.ShouldBeEmpty();
        outcomes.Keys.ShouldContain("ran");
        outcomes.Keys.Count(key => key.StartsWith("refused", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
    }

    private static int Setting(string name, int absent) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : absent;
}
