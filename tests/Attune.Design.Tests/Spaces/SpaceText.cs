using System.Text;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Reading;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Design.Tests.Spaces;

/// <summary>Spaces that tests share.</summary>
internal static class SpaceText
{
    public const string Tiny = """
        {
          "family": "tiny",
          "genes": [
            { "id": "resolution", "values": [16, 24] },
            { "id": "width", "values": [0.5, 1] },
            { "id": "s1.depth", "values": [1, 2] },
            { "id": "s1.b1.kernel", "values": [3, 5] },
            { "id": "s1.b2.kernel", "values": [3, 5] },
            { "id": "s1.expansion", "values": [1, 2] },
            { "id": "s2.bits", "values": ["f32", "i8"] }
          ],
          "build": {
            "template": "mobilenet", "stem": 8, "head": 32, "classes": 10,
            "stages": [
              { "channels": 8, "stride": 1, "blocks": 2 },
              { "channels": 16, "stride": 2, "blocks": 1, "expansion": 2 }
            ]
          }
        }
        """;

    public const string Policy = """
        {
          "family": "policy",
          "genes": [
            { "id": "s2.depth", "values": [1, 2] },
            { "id": "s1.bits", "values": ["f32", "i8"] },
            { "id": "stem.precision", "values": ["f32", "i8"] },
            { "id": "s1.precision", "values": ["f32", "i8", "bf16"] },
            { "id": "s2.precision", "values": ["f32", "i8"] },
            { "id": "tail.precision", "values": ["f32", "i8"] }
          ],
          "build": {
            "template": "mobilenet", "stem": 8, "head": 32, "classes": 10, "resolution": 24,
            "stages": [
              { "channels": 8, "stride": 1, "blocks": 1, "expansion": 2 },
              { "channels": 16, "stride": 2, "blocks": 2, "expansion": 2 }
            ]
          }
        }
        """;

    public static DesignSpace Read(string json)
    {
        Result<DesignSpace, DocumentError> read = SpaceReader.Parse(Encoding.UTF8.GetBytes(json));
        read.Error.ShouldBeNull();
        return read.Value!;
    }

    public static string[] Faults(string json)
    {
        Result<DesignSpace, DocumentError> read = SpaceReader.Parse(Encoding.UTF8.GetBytes(json));
        read.Succeeded.ShouldBeFalse();
        return [.. read.Error!.Problems.Select(fault => fault.Sentence)];
    }
}
