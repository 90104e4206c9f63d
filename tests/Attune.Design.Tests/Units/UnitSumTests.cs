using Attune.Design.Spaces;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Units;

public sealed class UnitSumTests
{
    private const string Rich = """
        {
          "family": "rich",
          "genes": [
            { "id": "resolution", "values": [32, 33, 48] },
            { "id": "width", "values": [0.5, 1] },
            { "id": "s1.expansion", "values": [1, 2] },
            { "id": "s2.depth", "values": [1, 2, 3] },
            { "id": "kernel", "values": [3, 5, 7] },
            { "id": "s2.b2.kernel", "values": [3, 5] },
            { "id": "s2.expansion", "values": [1, 3] },
            { "id": "s2.b3.expansion", "values": [1, 2] },
            { "id": "s3.bits", "values": ["f32", "f16", "i8"] }POLICY
          ],
          "build": {
            "template": "mobilenet", "stem": 16, "head": 24, "classes": 7,
            "stages": [
              { "channels": 16, "stride": 1, "blocks": 2 },
              { "channels": 24, "stride": 2, "blocks": 3 },
              { "channels": 24, "stride": 1, "blocks": 2, "expansion": 2 }
            ]
          }
        }
        """;

    private const string Policy = """
        ,
        { "id": "stem.precision", "values": ["f32", "i8"] },
        { "id": "s1.precision", "values": ["f32", "i8", "bf16"] },
        { "id": "s2.precision", "values": ["f32", "i8", "bf16"] },
        { "id": "s3.precision", "values": ["f32", "i8", "bf16"] },
        { "id": "tail.precision", "values": ["f32", "i8", "bf16"] }
        """;

    [Theory]
    [InlineData(1, 0, "")]
    [InlineData(2, 4, "")]
    [InlineData(1, 0, Policy)]
    public void Parts_of_a_template_add_up_to_the_whole_network(int batch, int lanes, string policy)
    {
        DesignSpace space = SpaceText.Read(Rich.Replace("POLICY", policy, StringComparison.Ordinal));
        var encoder = new UnitEncoder(new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System), batch, HostTarget.Of(lanes));

        // A value that differs from unit to unit, so that a unit in the wrong part, or one that depends on a size the parts do not know, shows.
        var sum = new UnitSum(encoder, unit => unit.Bytes + (uint)StringComparer.Ordinal.GetHashCode(unit.Key) % 1000, 5);
        var random = new Random(11);
        for (int i = 0; i < 150; i++)
        {
            SpacePoint point = space.Sample(random);
            sum.Predict(point).ShouldBe(sum.Whole(point), 1e-6, space.TextOf(point));
        }
    }

    [Fact]
    public void A_design_that_cannot_be_built_has_no_sum()
    {
        DesignSpace space = SpaceText.Read("""{ "family": "none", "genes": [ { "id": "a", "values": [1, 2] } ] }""");
        var encoder = new UnitEncoder(new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System), 1, HostTarget.Widest);
        new UnitSum(encoder, _ => 1).Predict(new SpacePoint([0])).ShouldBe(double.NaN);
    }
}
