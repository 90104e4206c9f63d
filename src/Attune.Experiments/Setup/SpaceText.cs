using System.Security.Cryptography;
using System.Text;
using Attune.Kernels.Spaces;

namespace Attune.Experiments.Setup;

/// <summary>Short texts that stand for long ones.</summary>
internal static class SpaceText
{
    private const int Length = 16;

    /// <summary>Hash of all knobs and their entities, in order: two spaces with one signature number their points alike.</summary>
    public static string SignatureOf(Space space) => Hash(space.Knobs.Select(knob => $"{knob.Name}={string.Join(',', knob.Labels)}"));

    /// <summary>Hash of lines, 16 hexadecimal digits.</summary>
    public static string Hash(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }
}
