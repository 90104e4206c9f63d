using System.Globalization;
using Attune.Devices.Cpu;

namespace Attune.Devices.Knobs.Remote;

/// <summary>Numbers of this machine's users. Stateless.</summary>
internal static class SystemUsers
{
    /// <summary>Number of the user that this process acts for; null where the system does not tell.</summary>
    /// <param name="root">Where the system's files are.</param>
    public static uint? Current(string root = "/")
    {
        // Real, effective, saved, file system.
        string[] numbers = (SystemFiles.Field(new SystemFiles(root).Text("/proc/self/status"), "Uid") ?? string.Empty).Split(
            (char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        return numbers.Length == 4 ? Number(numbers[1]) : null;
    }

    /// <summary>The number of a user; null when there is none of that name.</summary>
    /// <param name="user">A name, or the number itself.</param>
    /// <param name="root">Where the system's files are.</param>
    public static uint? Find(string user, string root = "/") => Number(user)
        ?? (new SystemFiles(root).Text("/etc/passwd") ?? string.Empty).Split('\n')
            .Select(line => line.Split(':'))
            .Where(fields => fields.Length > 2 && fields[0] == user)
            .Select(fields => Number(fields[2]))
            .FirstOrDefault();

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
