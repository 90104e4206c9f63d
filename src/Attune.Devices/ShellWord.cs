namespace Attune.Devices;

/// <summary>Words of command lines that are printed for people to paste into a POSIX shell. Stateless.</summary>
internal static class ShellWord
{
    private const string PlainSigns = "_@%+=:,./-";

    /// <summary>A word as a shell must read it to give it on unchanged: as it is, or between single quotes.</summary>
    /// <param name="word">The word; may hold anything.</param>
    public static string Of(string word) =>
        word.Length > 0 && word.All(sign => char.IsAsciiLetterOrDigit(sign) || PlainSigns.Contains(sign)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
