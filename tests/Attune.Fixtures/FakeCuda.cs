using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Fixtures;

/// <summary>
/// A CUDA driver and an NVRTC that need no GPU (<c>Native/fake_cuda.c</c>), built with the compilers of this machine. Each has a state of its own, so that
/// tests may run side by side. What was loaded from it stays loaded until the process ends.
/// </summary>
public sealed unsafe class FakeCuda : IDisposable
{
    private static readonly string? C = Find("gcc", "clang", "clang-15", "cc");
    private static readonly string? CPlusPlus = Find("g++", "clang++", "clang++-15", "c++");
    private static readonly Lazy<string> Built = new(Build);
    private readonly TemporaryFolder folder = new();
    private readonly delegate* unmanaged<byte*, nint, void> set;
    private readonly delegate* unmanaged<byte*, nint> get;

    /// <summary>Makes a driver with one device that works.</summary>
    public FakeCuda()
    {
        // A copy is another library to the loader.
        Path = System.IO.Path.Combine(folder.Path, "libfakecuda.so");
        File.Copy(Built.Value, Path);
        nint library = NativeLibrary.Load(Path);
        set = (delegate* unmanaged<byte*, nint, void>)NativeLibrary.GetExport(library, "fake_set");
        get = (delegate* unmanaged<byte*, nint>)NativeLibrary.GetExport(library, "fake_get");
    }

    /// <summary>True when this machine has the compilers.</summary>
    public static bool CanBeBuilt => OperatingSystem.IsLinux() && C is not null && CPlusPlus is not null;

    /// <summary>Path of the library, which is driver and compiler at once.</summary>
    public string Path { get; }

    /// <summary>Counters: what happened. Settings: how the driver behaves from now on. Names are those in <c>fake_cuda.c</c>.</summary>
    public long this[string name]
    {
        get
        {
            fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
            {
                return get(text);
            }
        }

        set
        {
            fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
            {
                set(text, (nint)value);
            }
        }
    }

    /// <summary>Puts a copy into a folder under the names that loaders look for.</summary>
    /// <param name="target">The folder.</param>
    public static void Install(string target)
    {
        File.Copy(Built.Value, System.IO.Path.Combine(target, "libcuda.so.1"));
        File.Copy(Built.Value, System.IO.Path.Combine(target, "libnvrtc.so.11.2"));
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    private static string? Find(params string[] names) => names.Select(name => $"/usr/bin/{name}").FirstOrDefault(File.Exists);

    private static string Build()
    {
        string source = Repository.PathOf("tests", "Attune.Fixtures", "Native", "fake_cuda.c");
        string state = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(source) + C + CPlusPlus)))[..16];
        string library = System.IO.Path.Combine(Directory.CreateDirectory(Repository.PathOf("artifacts", "fake-cuda")).FullName, $"{state}.so");
        if (!File.Exists(library))
        {
            string made = $"{library}.{Guid.NewGuid():N}";
            string[] arguments =
            [
                "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden", $"-DCOMPILER=\"{CPlusPlus}\"",
                "-o", made, source, "-ldl",
            ];
            using Process compiler = Process.Start(new ProcessStartInfo(C!, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            string said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
            {
                throw new InvalidOperationException($"{C} {string.Join(' ', arguments)}: {said}");
            }

            File.Move(made, library, overwrite: true);
        }

        return library;
    }
}
