using System.Text;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Reading;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Design.Tests.Spaces;

public sealed class SpaceReaderTests
{
    [Fact]
    public void A_template_brings_the_rules_for_blocks_beyond_the_depth()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Tiny);
        SpacePoint shallow = space.Canonical(new SpacePoint([0, 0, 0, 1, 1, 0, 0]));
        shallow.ShouldBe(new SpacePoint([0, 0, 0, 1, 0, 0, 0]));
        space.Canonical(new SpacePoint([0, 0, 1, 1, 1, 0, 0])).ShouldBe(new SpacePoint([0, 0, 1, 1, 1, 0, 0]));
    }

    [Fact]
    public void Numbers_and_texts_of_numbers_are_one_value() =>
        SpaceText.Read("""{ "family": "n", "genes": [ { "id": "a", "values": [0.50, "1", 2e0] } ] }""").Genes[0].Values.ShouldBe(["0.5", "1", "2"]);

    [Theory]
    [InlineData("""{ "family": "a b", "genes": [ { "id": "x", "values": [1] } ] }""", "family: a family's name has letters")]
    [InlineData("""{ "genes": [ { "id": "x", "values": [1] } ] }""", "family: this field is required")]
    [InlineData("""{ "family": "f" }""", "genes: this field is required")]
    [InlineData("""{ "family": "f", "genes": [] }""", "genes: 0 elements are fewer than the 1 that are needed")]
    [InlineData("""{ "family": "f", "genes": [ { "id": "x", "values": [] } ] }""", "genes[0].values: 0 elements are fewer than the 1 that are needed")]
    [InlineData("""{ "family": "f", "genes": [ { "id": "x", "values": [1, 1.0] } ] }""", "the value '1' occurs twice")]
    [InlineData("""{ "family": "f", "genes": [ { "id": "x", "values": [1, null] } ] }""", "genes[0].values[1]: a value is a number or a text")]
    [InlineData("""{ "family": "f", "genes": [ { "id": "x", "values": [1] }, { "id": "x", "values": [2] } ] }""", "gene 'x' occurs twice")]
    [InlineData("""{ "family": "f", "gene": [], "genes": [ { "id": "x", "values": [1] } ] }""", "gene: there is no field 'gene' here. Did you mean 'genes'?")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "kernel", "values": [3] } ], "rules": [ { "unused": "kernal" } ] }""",
        "rules[0].unused: there is no gene 'kernal'. Did you mean 'kernel'?")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": [3] } ], "rules": [ { "when": { "x": 3 } } ] }""", "a rule has either 'unused' or 'requires'")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": [3, 4] } ], "rules": [ { "unused": "x", "when": { "x": 3 } } ] }""",
        "cannot become unused by it")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": [3] } ], "rules": [ { "requires": { "x": 4 } } ] }""",
        "gene 'x' has no value '4'. Did you mean '3'?")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": ["a"] } ], "rules": [ { "requires": { "x": { "below": 4 } } } ] }""", "list the values instead")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": [3] } ], "build": { "template": "resnet", "stages": [] } }""", "there is no template 'resnet'")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "x", "values": [3] } ], "build": { "command": ["make", "{design}"] } }""",
        "no argument of the command holds {model}")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "s1.kernal", "values": [3] } ], "build": { "template": "mobilenet", "stages": [ { "channels": 8 } ] } }""",
        "Did you mean 's1.kernel'?")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "s2.kernel", "values": [3] } ], "build": { "template": "mobilenet", "stages": [ { "channels": 8 } ] } }""",
        "there is no stage s2")]
    [InlineData("""{ "family": "f", "genes": [ { "id": "s1.depth", "values": [3] } ], "build": { "template": "mobilenet", "stages": [ { "channels": 8, "blocks": 2 } ] } }""", "'3' is not a whole number from 1 to 2")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "kernel", "values": [4] } ], "build": { "template": "mobilenet", "stages": [ { "channels": 8 } ] } }""",
        "'4' is not an odd number")]
    [InlineData(
        """{ "family": "f", "genes": [ { "id": "bits", "values": ["i4"] } ], "build": { "template": "mobilenet", "stages": [ { "channels": 8 } ] } }""",
        "'i4' is not one of f32, f16, i8")]
    [InlineData("""{ "family": "f", "genes": [""", "this is no JSON")]
    [InlineData("[]", "an object is expected, this is array")]
    public void A_fault_is_told_with_its_place(string json, string message) =>
        SpaceText.Faults(json).ShouldContain(fault => fault.Contains(message), string.Join('\n', SpaceText.Faults(json)));

    [Fact]
    public void All_faults_are_told_at_once() =>
        SpaceText.Faults("""{ "family": "", "genes": [ { "id": "x y", "values": [] }, { "values": [1] } ], "rule": 1 }""").Length
            .ShouldBeGreaterThanOrEqualTo(5);

    [Fact]
    public void Cut_and_shuffled_texts_never_crash_the_reader()
    {
        var random = new Random(7);
        byte[] text = Encoding.UTF8.GetBytes(SpaceText.Tiny);
        for (int i = 0; i < 2000; i++)
        {
            byte[] hurt = text[..random.Next(text.Length + 1)];
            for (int j = 0; j < random.Next(6) && hurt.Length > 0; j++)
            {
                hurt[random.Next(hurt.Length)] = text[random.Next(text.Length)];
            }

            Result<DesignSpace, DocumentError> read = SpaceReader.Parse(hurt);
            (read.Value is null).ShouldBe(read.Error is { Problems.IsEmpty: false });
        }
    }
}
