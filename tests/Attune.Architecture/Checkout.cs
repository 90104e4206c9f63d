using System.Xml.Linq;

namespace Attune.Architecture;

/// <summary>The files of the repository that these tests read.</summary>
internal static class Checkout
{
    public static string Root => Repository.Root;

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>C# sources under a folder, without build output.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path(folder), "*.cs", SearchOption.AllDirectories).Where(IsOurs);

    /// <summary>Names of the projects directly under a folder.</summary>
    public static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Path(folder), "*.csproj", SearchOption.AllDirectories).Where(IsOurs).Select(
            file => System.IO.Path.GetFileNameWithoutExtension(file));

    /// <summary>Projects that a project of src refers to.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
    [
        .. XDocument.Load(Path("src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];

    public static string Relative(string file) => System.IO.Path.GetRelativePath(Root, file);

    private static bool IsOurs(string file)
    {
        string[] parts = Relative(file).Split(System.IO.Path.DirectorySeparatorChar);
        return !parts.Any(part => part is "obj" or "bin" or "node_modules" or "artifacts");
    }
}
