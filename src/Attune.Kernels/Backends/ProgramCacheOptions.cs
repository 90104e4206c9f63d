namespace Attune.Kernels.Backends;

/// <summary>Where compiled programs are kept, and how many.</summary>
internal sealed record ProgramCacheOptions
{
    /// <summary>The folder; it is made when the first program is kept, for this user alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes that all programs together may take, above zero; the ones that were not used for longest go first.</summary>
    public long MaxBytes
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A cache needs some bytes; without any, use none.");
    }
    = 256L << 20;

    /// <summary>
    /// The user's folder for them: below <c>ATTUNE_HOME</c>, else below <c>XDG_CACHE_HOME</c> (only when absolute, as the XDG rules ask), else where the system
    /// keeps what can be made again (<c>~/.cache</c> on Linux). Null when no folder can be named: there is no home folder either.
    /// </summary>
    /// <param name="environment">Reads an environment variable; null when unset.</param>
    public static ProgramCacheOptions? OfUser(Func<string, string?> environment)
    {
        string? folder =
            environment("ATTUNE_HOME") is { Length: > 0 } own ? Path.GetFullPath(own)
            : environment("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathFullyQualified(cache) ? Path.Combine(cache, "attune")
            : Home() is { Length: > 0 } home ? Path.Combine(home, "attune")
            : null;
        return folder is null ? null : new ProgramCacheOptions { Folder = Path.Combine(folder, "programs") };
    }

    private static string? Home()
    {
        bool hasLocal = OperatingSystem.IsWindows();
        string folder = Environment.GetFolderPath(
            hasLocal ? Environment.SpecialFolder.LocalApplicationData : Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length == 0 ? null
            : hasLocal ? folder
            : Path.Combine(folder, OperatingSystem.IsMacOS() ? Path.Combine("Library", "Caches") : ".cache");
    }
}
