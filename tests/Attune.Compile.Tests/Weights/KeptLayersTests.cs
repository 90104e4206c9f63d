using Attune.Compile.Weights;

namespace Attune.Compile.Tests.Weights;

public sealed class KeptLayersTests
{
    [Fact]
    public void Layers_of_one_reason_are_named_together_and_only_the_first_of_many()
    {
        KeptLayer[] layers = [.. "abcde".Select(name => new KeptLayer($"{name}", "it is small")), new KeptLayer("f", "it is grouped")];
        KeptLayers.ByReason(layers).ShouldBe(["a, b, c and 2 more: it is small", "f: it is grouped"]);
        KeptLayers.ByReason([]).ShouldBeEmpty();
    }
}
