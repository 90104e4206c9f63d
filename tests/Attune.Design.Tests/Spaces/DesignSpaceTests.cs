using System.Numerics;
using Attune.Design.Spaces;

namespace Attune.Design.Tests.Spaces;

public sealed class DesignSpaceTests
{
    private const string Ruled = """
        {
          "family": "ruled",
          "genes": [
            { "id": "depth", "values": [1, 2, 3] },
            { "id": "b1.k", "values": [3, 5, 7] },
            { "id": "b2.k", "values": [3, 5, 7] },
            { "id": "b3.k", "values": [3, 5, 7] },
            { "id": "bits", "values": ["f32", "i8"] }
          ],
          "rules": [
            { "unused": "b2.*", "when": { "depth": { "below": 2 } } },
            { "unused": "b3.*", "when": { "depth": { "below": 3 } } },
            { "requires": { "bits": "f32" }, "when": { "depth": [3] }, "reason": "no scales" }
          ]
        }
        """;

    private static readonly DesignSpace Space = SpaceText.Read(Ruled);

    [Fact]
    public void Designs_that_differ_in_unused_genes_only_are_one_design()
    {
        var left = new SpacePoint([0, 1, 2, 1, 0]);
        var right = new SpacePoint([0, 1, 0, 2, 0]);
        Space.Canonical(left).ShouldBe(Space.Canonical(right));
        Space.IdOf(left).ShouldBe(Space.IdOf(right));
        Space.IdOf(left).ShouldNotBe(Space.IdOf(new SpacePoint([1, 1, 2, 1, 0])));
    }

    [Fact]
    public void An_id_is_the_hash_of_the_canonical_text()
    {
        string text = Space.TextOf(new SpacePoint([0, 1, 2, 1, 0]));
        text.ShouldBe("attune-design-1\nruled\nencoding\ndepth=1\nb1.k=5\nb2.k=3\nb3.k=3\nbits=f32\n");
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        Space.IdOf(new SpacePoint([0, 1, 2, 1, 0])).ShouldBe(Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void A_broken_rule_is_told_with_its_reason()
    {
        Space.Problem(new SpacePoint([2, 0, 0, 0, 1])).ShouldBe("bits is i8 but must be one of f32 (no scales)");
        Space.Problem(new SpacePoint([1, 0, 0, 0, 1])).ShouldBeNull();
    }

    [Fact]
    public void Every_valid_design_is_listed_once()
    {
        // Depth 1: 3 kernels, 2 formats; depth 2: 9 and 2; depth 3: 27 and f32 only.
        Space.Enumerate()!.Value.Length.ShouldBe((3 * 2) + (9 * 2) + 27);
        Space.Points.ShouldBe(new BigInteger(3 * 3 * 3 * 3 * 2));
    }

    [Fact]
    public void Whatever_is_drawn_is_canonical_and_valid()
    {
        var random = new Random(3);
        SpacePoint parent = Space.Sample(random);
        for (int i = 0; i < 500; i++)
        {
            SpacePoint[] drawn = [Space.Sample(random), Space.Mutate(parent, random, 0.3), Space.Cross(parent, Space.Sample(random), random)];
            foreach (SpacePoint point in drawn)
            {
                Space.Canonical(point).ShouldBe(point);
                Space.Problem(point).ShouldBeNull();
                int[] genes = [.. point.Choices];
                Space.Canonicalise(genes);
                genes.ShouldBe(point.Choices);
                Space.IsAllowed(genes).ShouldBeTrue();
            }

            parent = drawn[i % 3];
        }
    }

    [Fact]
    public void Equal_seeds_draw_equal_designs() =>
        Enumerable.Range(0, 20).Select(seed => Space.Sample(new Random(seed))).ShouldBe(Enumerable.Range(0, 20).Select(seed => Space.Sample(new Random(seed))));

    [Fact]
    public void A_design_written_by_names_reads_back()
    {
        var point = new SpacePoint([1, 2, 1, 0, 1]);
        Space.Parse(Space.Describe(point)).Value.ShouldBe(point);
        Space.Parse(Space.Describe(point).SetItem("bits", "f8")).Error.ShouldBe("gene 'bits' has no value 'f8'");
        Space.Parse(Space.Describe(point).Remove("depth")).Error.ShouldBe("gene 'depth' is missing");
    }

    [Fact]
    public void Points_of_another_space_are_refused()
    {
        Should.Throw<ArgumentException>(() => Space.Canonical(new SpacePoint([0, 0])));
        Should.Throw<ArgumentException>(() => Space.Canonical(new SpacePoint([0, 0, 0, 0, 2])));
    }

    [Fact]
    public void Rules_that_leave_nothing_are_told()
    {
        DesignSpace empty = SpaceText.Read("""{ "family": "e", "genes": [ { "id": "a", "values": [1, 2] } ], "rules": [ { "requires": { "a": 1 }, "when": { "a": 2 } }, { "requires": { "a": 2 }, "when": { "a": 1 } } ] }""");
        Should.Throw<InvalidOperationException>(() => empty.Sample(new Random(1))).Message.ShouldContain("rules");
    }
}
