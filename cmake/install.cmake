# `cmake --install` and the .deb (cpack in the build folder): the programs, the front door, templates, labs and documents.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # a package needs the programs, not the tests
install(PROGRAMS plaintalk DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY report-templates DESTINATION ${CMAKE_INSTALL_DATADIR}/plaintalk FILES_MATCHING PATTERN "*.sql" PATTERN "*.figure.toml")
file(GLOB lab_folders ${PROJECT_SOURCE_DIR}/labs/[0-9][0-9]-*)
install(DIRECTORY ${lab_folders} DESTINATION ${CMAKE_INSTALL_DATADIR}/plaintalk/labs)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "decisions" EXCLUDE)
install(FILES README.md CHANGELOG.md messenger/net/server.example.toml DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

install(FILES analyzer/figures/scripts/notices.txt DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME third-party-notices.txt)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Plaintalk maintainers <maintainers@plaintalk.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "networking lab: plaintext messenger, and analyzer of its packets")
set(CPACK_PACKAGE_DESCRIPTION "A TCP messenger (rooms, direct messages, files) that speaks a readable
protocol, and a passive analyzer that captures its packets, rebuilds the
conversation from them, and writes tables about who said what to whom and
how every message was routed. For learning what a network gives away.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS fonts-dejavu-core)  # of the figures; no library asks for it
# No setcap in a postinst: who may capture is the administrator's decision (docs/CAPTURE.md).
include(CPack)
