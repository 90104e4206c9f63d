using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Attune.Kernels.Sources;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>
/// What can be said of PTX that somebody else made before the driver gets it. Drivers are given its address without its length, and kernels the addresses of
/// their arguments without their number: what is no text, or asks for other arguments, would make them read what is not there. What the code does on the
/// device cannot be told.
/// </summary>
internal static partial class PtxText
{
    private static readonly SearchValues<byte> Printed =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(sign => (byte)sign), (byte)'\n', (byte)'\r', (byte)'\t']);

    /// <summary>Why it is not taken; null when it may be.</summary>
    /// <param name="code">The text, without a zero at its end.</param>
    /// <param name="functions">Functions that it must have.</param>
    public static string? Refusal(ReadOnlySpan<byte> code, IEnumerable<SourceKernel> functions)
    {
        // Compilers end the text with a zero.
        code = code is [.., 0] ? code[..^1] : code;
        if (code.ContainsAnyExcept(Printed))
        {
            return "it is no text";
        }

        try
        {
            return Refusal(Encoding.ASCII.GetString(code), functions);
        }
        catch (RegexMatchTimeoutException)
        {
            return "it takes too long to read";
        }
    }

    private static string? Refusal(string text, IEnumerable<SourceKernel> functions)
    {
        if (!text.Contains(".version", StringComparison.Ordinal))
        {
            return "it is no PTX";
        }

        // Words in a comment are not read by drivers.
        Match[] entries = [.. Entry().Matches(Comment().Replace(text, string.Empty)).Cast<Match>()];
        foreach (SourceKernel function in functions)
        {
            Match[] named = [.. entries.Where(entry => entry.Groups["name"].Value == function.Name)];
            if (named.Length != 1)
            {
                return $"it has not one function {function.Name}";
            }

            string[] parameters = named[0].Groups["parameters"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parameters.Length != function.Parameters || !parameters.All(Scalar().IsMatch))
            {
                return $"its function {function.Name} takes other arguments";
            }
        }

        return null;
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\.entry\s+(?<name>[A-Za-z0-9_$]+)\s*\((?<parameters>[^)]*)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\.param\s+\.[usb](32|64)(\s+\.ptr[.\w\s]*)?\s+[A-Za-z0-9_$]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Scalar();
}
