"""Compiles what runs for each request, where a build is told to.

Cython makes C of the very files that are the package, without regard to their types,
so that they mean what they mean to the interpreter.
"""
# ruff: noqa: INP001 - hatchling loads it by its path

import os
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension

_FLAGS = ["-O2", "-g0"]  # debugging would show the folder of the build


class CompiledModules(BuildHookInterface[Any]):
    """Puts the modules that pyproject.toml lists into a wheel as compiled, too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile them, unless the folder itself is installed."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory()
        built = Path(self._folder.name, "built")
        # Tracebacks show paths as the compiler was given them.
        with chdir(Path(self.root, "src")):
            _compile([Path(source) for source in self.config["modules"]], built)
        for module in built.rglob("*.*"):
            build_data["force_include"][str(module)] = str(module.relative_to(built))
        build_data.update(pure_python=False, infer_tag=True)

    def finalize(self, *_: Any) -> None:
        """Remove what is in the wheel by now."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def _compile(sources: list[Path], built: Path) -> None:
    extensions = cythonize(  # type: ignore[no-untyped-call] # it has no types
        [
            Extension(
                ".".join(source.with_suffix("").parts),
                [str(source)],
                extra_compile_args=_FLAGS,
            )
            for source in sources
        ],
        build_dir=str(built.with_name("c")),
        compiler_directives={"annotation_typing": False},
        nthreads=os.cpu_count() or 1,
        quiet=True,
    )
    command: Any = Distribution({"ext_modules": extensions}).get_command_obj(
        "build_ext"
    )
    command.build_lib = str(built)
    command.build_temp = str(built.with_name("objects"))
    command.parallel = os.cpu_count()
    command.ensure_finalized()
    command.run()
